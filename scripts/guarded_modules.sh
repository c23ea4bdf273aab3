#!/bin/sh
# Prints, comma-separated, the modules whose roads out the guard's tests try. One list for live.sh and people.
echo calendar,sms,purchase,stock,mass_mailing,event,survey,portal,hr_recruitment,im_livechat,base_automation,snailmail_account

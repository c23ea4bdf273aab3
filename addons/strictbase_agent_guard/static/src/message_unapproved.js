// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
// Tells colleagues that people outside do not see a message of an agent, and lets
// approvers show it. The server decides who may.

import {Message} from "@mail/core/common/message";
import {Message as MessageModel} from "@mail/core/common/message_model";
import {onWillStart} from "@odoo/owl";
import {patch} from "@web/core/utils/patch";
import {user} from "@web/core/user";

const APPROVER = "strictbase_agent_guard.group_agent_confirmation_approver";

patch(MessageModel.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {boolean} */
        this.agent_unapproved = false;
    },
});

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.isAgentApprover = false;
        onWillStart(async () => {
            if (this.message.agent_unapproved) {
                this.isAgentApprover = await user.hasGroup(APPROVER);
            }
        });
    },
    async onClickShowOutside() {
        const message = this.message;
        await this.env.services.orm.call("mail.message", "action_show_outside", [
            [message.id],
        ]);
        message.agent_unapproved = false;
    },
});

//! Words of Odoo 19.0 that have no meaning of their own here: operators of domains, periods and parts of dates.
//! The checks and completion speak them; neither keeps a list of its own.

use super::Version;

/// Operators of a condition (`orm/domains.py`), those included that Odoo rewrites; `any!` is its own.
pub const OPERATORS: [&str; 23] = [
    "=",
    "!=",
    "<>",
    "==",
    "<",
    ">",
    "<=",
    ">=",
    "=?",
    "in",
    "not in",
    "like",
    "not like",
    "ilike",
    "not ilike",
    "=like",
    "not =like",
    "=ilike",
    "not =ilike",
    "child_of",
    "parent_of",
    "any",
    "not any",
];

/// The subtypes of messages that `mail` brings.
pub const SUBTYPES: [&str; 3] = ["mail.mt_activities", "mail.mt_comment", "mail.mt_note"];

/// The types of activities that `mail` brings.
pub const ACTIVITY_TYPES: [&str; 6] = [
    "mail.mail_activity_data_call",
    "mail.mail_activity_data_email",
    "mail.mail_activity_data_meeting",
    "mail.mail_activity_data_todo",
    "mail.mail_activity_data_upload_document",
    "mail.mail_activity_data_warning",
];

/// Periods that records are grouped by (`READ_GROUP_TIME_GRANULARITY`).
pub const PERIODS: [&str; 6] = ["hour", "day", "week", "month", "quarter", "year"];

/// Parts of a date as numbers, to group by or to end a path of a domain in (`READ_GROUP_NUMBER_GRANULARITY`).
pub const DATE_PARTS: [&str; 10] = [
    "year_number",
    "quarter_number",
    "month_number",
    "iso_week_number",
    "day_of_year",
    "day_of_month",
    "day_of_week",
    "hour_number",
    "minute_number",
    "second_number",
];

/// The first version that knows those parts.
pub const DATE_PARTS_SINCE: Version = 18;

/// The first version that groups by what links to many records, each of which makes a group.
pub const GROUP_MANY2MANY_SINCE: Version = 15;

/// The first version that groups along a path to another record.
pub const GROUP_PATHS_SINCE: Version = 19;

// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

const open = [
    {
        content: "what waits is in the list",
        trigger: ".o_data_row td[name=what]:contains(An offer)",
        run: "click",
    },
    {
        content: "the message is shown as it would be sent",
        trigger: ".o_agent_body:contains(Ten euros)",
    },
    {
        content: "to whom, outside",
        trigger: ".o_agent_outside:contains(client@outside.example)",
    },
];

registry.category("web_tour.tours").add("agent_guard_approve", {
    steps: () => [
        ...open,
        { trigger: "button[name=action_approve]", run: "click" },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Approved)",
        },
        { trigger: "button[name=action_revoke]:visible" },
    ],
});

registry.category("web_tour.tours").add("agent_guard_reject", {
    steps: () => [
        ...open,
        { trigger: "button[name=action_decide]", run: "click" },
        { trigger: ".modal .o_agent_body:contains(Ten euros)" },
        { trigger: ".modal [name=reason] input", run: "edit Too early" },
        { trigger: ".modal button[name=action_reject]", run: "click" },
        { trigger: ".alert-danger:contains(Too early)" },
    ],
});

registry.category("web_tour.tours").add("agent_guard_stop", {
    steps: () => [
        { trigger: "button:contains(Stop all agents)", run: "click" },
        { trigger: ".modal button[name=action_stop]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "button:contains(Stop all agents)", run: "click" },
        { trigger: ".modal .alert-danger:contains(has stopped all sending)" },
        { trigger: ".modal button[name=action_resume]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

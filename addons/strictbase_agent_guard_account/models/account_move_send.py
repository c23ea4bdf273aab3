# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _generate_and_send_invoices(
        self,
        moves,
        from_cron=False,
        allow_raising=True,
        allow_fallback_pdf=False,
        **custom_settings,
    ):
        """Every channel meets here, and no document or web service came before."""
        self._agent_guard_check_sending(moves, from_cron, custom_settings)
        return super()._generate_and_send_invoices(
            moves,
            from_cron=from_cron,
            allow_raising=allow_raising,
            allow_fallback_pdf=allow_fallback_pdf,
            **custom_settings,
        )

    @api.model
    def _agent_guard_check_sending(self, moves, from_cron, custom_settings):
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        if actor is None:
            return
        items = []
        for move in moves.sudo():
            settings = self._get_default_sending_settings(
                move, from_cron=from_cron, **custom_settings
            )
            items += self._agent_guard_items(move, settings, actor)
        guard._egress(items, at_once=True)

    @api.model
    def _agent_guard_items(self, move, settings, actor):
        guard = self.env["strictbase.agent.guard"]
        methods = set(settings.get("sending_methods") or ()) - {"manual"}
        documents = set(settings.get("extra_edis") or ())
        items = []
        for channel in sorted(methods | documents):
            partners = move.partner_id
            subject = move.display_name or ""
            if channel == "email":
                partners = self.env["res.partner"].browse(
                    settings.get("mail_partner_ids") or []
                )
                subject = settings.get("mail_subject") or subject
                if not guard._outside_partners(partners, actor):
                    continue
            items.append(
                guard._new_egress(
                    f"invoice by {'e-mail' if channel == 'email' else channel}",
                    guard._as_recipients(partners),
                    move,
                    subject=str(subject),
                )
            )
        return items

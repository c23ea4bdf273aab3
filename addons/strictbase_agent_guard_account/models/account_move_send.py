# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

BY_EMAIL = "invoice by e-mail"


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
        moves = self._agent_guard_looked_at(moves, from_cron)
        if not moves:
            return {}
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
        # an e-mail is refused as a whole when it has been made, with its files; what
        # another channel does cannot be taken back
        channels = {item.channel for item in items}
        guard._egress(items, at_once=bool(channels - {BY_EMAIL}))

    @api.model
    def _agent_guard_items(self, move, settings, actor):
        guard = self.env["strictbase.agent.guard"]
        methods = set(settings.get("sending_methods") or ()) - {"manual"}
        documents = set(settings.get("extra_edis") or ())
        channels = sorted(methods | documents)
        items = []
        for channel in channels:
            partners = move.partner_id
            subject = move.display_name or ""
            content = {}
            opens = ("http",)
            if channel == "email":
                partners = self.env["res.partner"].browse(
                    settings.get("mail_partner_ids") or []
                )
                subject = settings.get("mail_subject") or subject
                if not guard._outside_partners(partners, actor):
                    continue
                content = {"body": settings.get("mail_body") or ""}
                opens = ("e-mail",) if len(channels) > 1 else ()
            items.append(
                guard._new_egress(
                    f"invoice by {'e-mail' if channel == 'email' else channel}",
                    guard._as_recipients(partners),
                    move,
                    subject=str(subject),
                    content=content,
                    opens=opens,
                )
            )
        return items

    @api.model
    def _agent_guard_looked_at(self, moves, from_cron):
        """Those of a queue that no agent has changed since a colleague queued them."""
        guard = self.env["strictbase.agent.guard"]
        if (
            guard._actor() is not None
            or not self.env["res.users"]._agent_guard_uids()
            or (guard._person() and not from_cron)
        ):
            return moves
        kept = moves
        for move in moves.sudo():
            files = self.env["ir.attachment"].sudo()
            files = files.search(
                [("res_model", "=", move._name), ("res_id", "=", move.id)]
            )
            touches = guard._origin_touches(
                move, move.partner_id, {(file._name, file.id) for file in files}
            )
            if touches:
                move._agent_guard_take_out(touches)
                kept -= move
        return moves.browse(kept.ids)

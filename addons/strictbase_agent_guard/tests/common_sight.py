# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""A look at everything that is there, or has left, for people outside."""

import base64

from odoo.tools import email_normalize, email_split


class Sight:
    """Part of a case that has ``env``, ``wire``, ``visible``, ``at`` and ``inside``."""

    def snapshot(self):
        self.wire.clear()
        self.env.flush_all()
        return {kind: set(rows) for kind, rows in self._rows().items()}

    def _rows(self):
        """Rows that tell of a message toward the outside, as tuples."""
        cr, rows = self.cr, {}
        cr.execute(
            """SELECT m.id, m.state, m.email_to, m.email_cc, m.headers,
                      array_agg(DISTINCT p.email) FILTER (WHERE p.id IS NOT NULL),
                      bool_or(%(inside)s)
                 FROM mail_mail m
            LEFT JOIN mail_mail_res_partner_rel r ON r.mail_mail_id = m.id
            LEFT JOIN res_partner p ON p.id = r.res_partner_id
                WHERE m.state IN ('outgoing', 'sent', 'received')
             GROUP BY m.id""",
            {"inside": False},
        )
        rows["mail.mail"] = [
            (mail_id, state, *sorted(outside))
            for mail_id, state, to, cc, headers, partners, _ in cr.fetchall()
            if (outside := self.outside(to, cc, headers, *(partners or ())))
        ]
        cr.execute(
            """SELECT n.id, n.notification_type, n.notification_status,
                      coalesce(p.email, n.mail_email_address)
                 FROM mail_notification n
            LEFT JOIN res_partner p ON p.id = n.res_partner_id
                WHERE n.notification_status != 'canceled'"""
        )
        rows["mail.notification"] = [
            row[:3] for row in cr.fetchall() if self.outside(row[3])
        ]
        if self._has("sms_sms"):
            cr.execute(
                "SELECT id, state, number FROM sms_sms "
                "WHERE state IN ('outgoing', 'process', 'pending', 'sent')"
            )
            rows["sms.sms"] = cr.fetchall()
        if self._has("snailmail_letter"):
            cr.execute(
                "SELECT id, state FROM snailmail_letter WHERE state != 'canceled'"
            )
            rows["snailmail.letter"] = cr.fetchall()
        rows["published"] = []
        for model, ids in self.visible.items():
            cr.execute(
                """SELECT m.id, m.model, m.message_type, md5(coalesce(m.body, ''))
                     FROM mail_message m
                     JOIN mail_message_subtype s ON s.id = m.subtype_id
                    WHERE m.model = %s AND m.res_id = ANY(%s)
                      AND m.is_internal IS NOT TRUE AND s.internal IS NOT TRUE
                      AND m.agent_unapproved IS NOT TRUE
                      AND m.message_type IN ('comment', 'email', 'email_outgoing',
                                             'auto_comment', 'out_of_office')""",
                [model, ids],
            )
            rows["published"] += cr.fetchall()
        cr.execute(
            """SELECT m.id, m.res_id, md5(coalesce(m.body, '')) FROM mail_message m
                WHERE m.model = 'discuss.channel'
                  AND m.agent_unapproved IS NOT TRUE AND EXISTS (
                    SELECT 1 FROM discuss_channel_member c
                 LEFT JOIN res_partner p ON p.id = c.partner_id
                     WHERE c.channel_id = m.res_id
                       AND (c.guest_id IS NOT NULL OR p.partner_share))"""
        )
        rows["discuss"] = cr.fetchall()
        return rows

    def carried(self, words, since):
        """kind -> places outside that these words have reached."""
        self.env.flush_all()
        self.env.invalidate_all()
        coded = [
            words,
            *(base64.b64encode(b" " * n + words.encode()) for n in range(3)),
        ]
        coded = [c if isinstance(c, str) else c.decode()[4:-4] for c in coded]
        found = {
            "smtp": [
                letter["to"]
                for letter in self.wire.letters
                if words in letter["text"] and self.outside(*letter["to"])
            ],
            "http": [
                url
                for _method, url, body in self.wire.requests
                if any(c in body for c in coded)
            ],
            "published": [],
            "discuss": [],
        }
        Message = self.env["mail.message"]
        for model, ids in self.visible.items():
            if "partner_id" in self.env[model]._fields:
                # and what has become the portal user's own meanwhile
                own = [("partner_id", "=", self.portal.partner_id.id)]
                ids = [*ids, *self.env[model].search(own).ids]
            for message in Message.search(
                [
                    ("model", "=", model),
                    ("res_id", "in", ids),
                    ("is_internal", "=", False),
                    ("agent_unapproved", "=", False),
                ]
            ):
                texts = [str(message.body), message.subject or ""]
                texts += [
                    (file.raw or b"").decode(errors="replace")
                    for file in message.attachment_ids
                    if not file.agent_unapproved
                ]
                if (
                    any(words in text for text in texts)
                    and not message.subtype_id.internal
                ):
                    found["published"].append(message.id)
        self.cr.execute(
            "SELECT channel FROM bus_bus WHERE id > %s AND message LIKE %s",
            [since, f"%{words}%"],
        )
        outside = [self.at["channel_guest"], self.at["channel_client"]]
        found["discuss"] = [
            channel
            for (channel,) in self.cr.fetchall()
            if "mail.guest" in channel
            or any(f'"discuss.channel", {i}' in channel for i in outside)
            or any(f'"discuss.channel",{i}' in channel for i in outside)
        ]
        return {kind: places for kind, places in found.items() if places}

    def last_on_bus(self):
        self.cr.execute("SELECT coalesce(max(id), 0) FROM bus_bus")
        return self.cr.fetchone()[0]

    def outside(self, *texts):
        """The addresses in ``texts`` that no colleague had when the tests began."""
        found = set()
        for text in texts:
            for email in email_split(text or ""):
                email = email_normalize(email) or email
                if email not in self.inside:
                    found.add(email)
        return found

    def left(self, before):
        """kind -> what is there now and was not there ``before``, or left since."""
        self.env.flush_all()
        self.env.invalidate_all()
        found = {}
        for kind, rows in self._rows().items():
            if new := [row for row in rows if row not in before[kind]]:
                found[kind] = new
        letters = [
            letter for letter in self.wire.letters if self.outside(*letter["to"])
        ]
        if letters:
            found["smtp"] = letters
        hosts = {host for host, _port in self.wire.connections}
        if hosts - {"localhost"}:
            found["connection"] = sorted(hosts)
        if self.wire.requests:
            found["http"] = list(self.wire.requests)
        return found

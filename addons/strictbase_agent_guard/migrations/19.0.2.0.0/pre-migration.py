# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def migrate(cr, version):
    """Tokens of the published module: used ones stay as a record, others end.

    Those could only be used by the approver who had issued them, which is what this
    version forbids, so none of them stays valid.
    """
    if not version:
        return
    cr.execute(
        """
        ALTER TABLE strictbase_agent_confirmation
            ADD COLUMN IF NOT EXISTS state varchar;
        UPDATE strictbase_agent_confirmation
           SET state = CASE WHEN used THEN 'done' ELSE 'rejected' END
         WHERE state IS NULL;
        DELETE FROM strictbase_agent_confirmation older
         USING strictbase_agent_confirmation newer
         WHERE older.token_digest = newer.token_digest AND older.id < newer.id;
        ALTER TABLE strictbase_agent_confirmation
            ALTER COLUMN token_digest DROP NOT NULL,
            DROP COLUMN IF EXISTS used;
        """
    )

# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""What a test leaves of Odoo's caches: all that nothing in it has invalidated."""

from unittest.mock import patch


class KeptCaches:
    """Part of a case; its ``setUpClass`` calls ``_keep_caches``.

    Odoo clears every cache after every test, and most of a short test is then filling
    them again.
    """

    @classmethod
    def _keep_caches(cls):
        registry = cls.registry
        seen = dict(registry.cache_sequences)

        def clear_changed():
            nonlocal seen
            changed = registry.cache_invalidated | {
                name
                for name, sequence in registry.cache_sequences.items()
                if seen.get(name) != sequence
            }
            if changed:
                registry.clear_cache(*changed)
                seen = dict(registry.cache_sequences)

        cls.startClassPatcher(patch.object(registry, "clear_all_caches", clear_changed))

# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""Which function makes the records of which model, for the tests over HTTP.

Each gets the test case: ``case.at`` holds what the tables of roads name with ``@``,
``case.given`` what a road finds prepared, ``case.visible`` the records whose page a
client can open. It is called when its model is installed. A companion's tests register
their own in the same way.
"""

MAKERS = {}


def makes(model):
    def register(function):
        MAKERS[model] = function
        return function

    return register


def make_all(case):
    """The records of the models that the case names, of all if it names none."""
    for model, function in sorted(MAKERS.items()):
        if model in case.env and (case.records_of is None or model in case.records_of):
            function(case)

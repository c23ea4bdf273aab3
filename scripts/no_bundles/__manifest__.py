{"name": "No bundles before the tests", "installable": False}

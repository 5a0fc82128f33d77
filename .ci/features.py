"""Prints the features of the package that is named, from cargo's metadata."""

import json
import sys

packages = json.load(sys.stdin)["packages"]
features = next(p["features"] for p in packages if p["name"] == sys.argv[1])
print(*sorted(name for name in features if name != "default"))

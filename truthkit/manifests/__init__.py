"""Input manifests made of folders, S3 and tables. ``make`` is the entry; ``truthkit.manifest`` reads them."""

from truthkit.manifests.making import MadeManifest, Plan, make

__all__ = ["MadeManifest", "Plan", "make"]

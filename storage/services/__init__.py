"""What other apps ask of storage: keep an image, record it, link to it; keep what only the stages need, forget it."""

from storage.blobs import BlobConflict, BlobMissing, StorageUnavailable
from storage.services.artifacts import delete_artifact, delete_artifacts, get_artifact, put_artifact
from storage.services.assets import AssetConflict, StoredImage, delete_unrecorded, record_assets, store_image
from storage.services.delivery import AssetExpired, LinkedFile, SignedLink, link_asset, open_link
from storage.services.expiry import delete_expired

__all__ = [
    "AssetConflict",
    "AssetExpired",
    "BlobConflict",
    "BlobMissing",
    "LinkedFile",
    "SignedLink",
    "StorageUnavailable",
    "StoredImage",
    "delete_artifact",
    "delete_artifacts",
    "delete_expired",
    "delete_unrecorded",
    "get_artifact",
    "link_asset",
    "open_link",
    "put_artifact",
    "record_assets",
    "store_image",
]

"""Writes the image of containers/Containerfile as a tar that `docker load` and `podman load` read, without either of them.

usage: image.py PROGRAM VERSION OUTPUT

The same program and SOURCE_DATE_EPOCH give the same bytes. The tar is an OCI layout (https://github.com/opencontainers/image-spec)
that also has the manifest.json of `docker save`.
"""
import datetime
import hashlib
import io
import json
import os
import sys
import tarfile

EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))


def add(archive, name, content=None, mode=0o644):
    """A file, or without content a folder, owned by root."""
    entry = tarfile.TarInfo(name)
    entry.mtime, entry.mode = EPOCH, mode
    if content is None:
        entry.type = tarfile.DIRTYPE
    else:
        entry.size = len(content)
    archive.addfile(entry, None if content is None else io.BytesIO(content))


def tar(entries):
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for entry in entries:
            add(archive, *entry)
    return output.getvalue()


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: image.py PROGRAM VERSION OUTPUT")
    program, version, output = sys.argv[1:]
    with open(program, "rb") as file:
        layer = tar([("lyre", file.read(), 0o755), ("work", None, 0o755)])
    created = datetime.datetime.fromtimestamp(EPOCH, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    blobs = {}

    def blob(content, kind):
        if not isinstance(content, bytes):
            content = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(content).hexdigest()
        blobs[digest] = content
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(content)}

    layer = blob(layer, "layer.v1.tar")
    config = blob({
        "architecture": "amd64", "os": "linux", "created": created,
        "config": {
            "Entrypoint": ["/lyre"], "WorkingDir": "/work",
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "Labels": {
                "org.opencontainers.image.title": "lyre", "org.opencontainers.image.version": version,
                "org.opencontainers.image.licenses": "Apache-2.0",
            },
        },
        "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
        "history": [{"created": created, "created_by": "scripts/image.py"}],
    }, "config.v1+json")
    manifest = blob({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": [layer],
    }, "manifest.v1+json")
    place = {digest: f"blobs/sha256/{digest}" for digest in blobs}
    named = {**manifest, "annotations": {"io.containerd.image.name": f"docker.io/library/lyre:{version}",
                                         "org.opencontainers.image.ref.name": version}}
    files = {
        "oci-layout": {"imageLayoutVersion": "1.0.0"},
        "index.json": {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [named]},
        "manifest.json": [{
            "Config": place[config["digest"][7:]], "RepoTags": [f"lyre:{version}"], "Layers": [place[layer["digest"][7:]]],
        }],
    }
    with open(output, "wb") as file:
        file.write(tar(
            [("blobs", None, 0o755), ("blobs/sha256", None, 0o755)]
            + [(place[digest], blobs[digest]) for digest in sorted(blobs)]
            + [(name, json.dumps(content, sort_keys=True).encode()) for name, content in sorted(files.items())]
        ))


if __name__ == "__main__":
    main()

"""What make dist made, on machines that have nothing: `scripts/dist-check`. README.md beside this file tells what it is."""
import glob, os, sys

sys.path.insert(0, os.path.dirname(__file__))
import notebooks, pipelines, program
import systems
from report import Report


def main():
    python, work = sys.argv[1:]
    dist = os.path.join(systems.REPOSITORY, "dist")
    lyre, = glob.glob(os.path.join(dist, "lyre-*-linux-x86_64"))
    wheel, = glob.glob(os.path.join(dist, "lyre_notebook-*.whl"))
    version = os.path.basename(lyre).split("-")[1]
    report = Report()
    program.alone(report, lyre)
    places = [systems.empty(os.path.join(work, "empty")), systems.busybox(os.path.join(work, "busybox"))]
    places.append(systems.debian("Debian 11", os.path.join(work, "debian11"), systems.debian_tar("bullseye")))
    ubuntu = os.environ.get("LYRE_UBUNTU_MIRROR")
    if ubuntu:
        tar = systems.debian_tar("bionic", ubuntu, "/usr/share/keyrings/ubuntu-archive-keyring.gpg")
        places.append(systems.debian("Ubuntu 18.04", os.path.join(work, "ubuntu"), tar))
    else:
        report.skip("Ubuntu 18.04", "LYRE_UBUNTU_MIRROR names no mirror of Ubuntu")
    for place in places:
        place.put(lyre, "/usr/local/bin/lyre", 0o755)
        program.small(report, place, version)
    pipelines.shell(report, places[1])
    debian = places[2]
    debian.put(systems.wheels(python), "/wheels")
    debian.put(wheel, "/wheels/" + os.path.basename(wheel))
    notebooks.all(report, debian, version)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())

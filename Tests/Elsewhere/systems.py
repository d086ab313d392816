"""The systems that lyre is tried in, made from what apt and pip give."""
import os, shutil, subprocess

from place import Place

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
# What is kept between runs: systems as tars, and wheels.
KEPT = os.path.join(REPOSITORY, ".build-static", "elsewhere")
# libnss-systemd: a service that look-ups of users load, for the other C library.
PACKAGES = "python3,python3-venv,libnss-systemd"


def call(*command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout.decode('utf-8', 'replace')[-3000:]}")


def debian_tar(suite, mirror=None, keyring=None):
    """A minimal Debian or Ubuntu with Python, as a tar that is made once."""
    tar = os.path.join(KEPT, f"{suite}.tar")
    if not os.path.exists(tar):
        os.makedirs(KEPT, exist_ok=True)
        folder = os.path.join(KEPT, f"{suite}.making")
        shutil.rmtree(folder, ignore_errors=True)
        print(f"making {os.path.relpath(tar, REPOSITORY)} (a minute or two)", flush=True)
        options = [f"--keyring={keyring}"] if keyring else []
        try:
            call("debootstrap", "--variant=minbase", f"--include={PACKAGES}", *options, suite, folder, *([mirror] if mirror else []))
            shutil.rmtree(os.path.join(folder, "var/cache/apt/archives"), ignore_errors=True)
            call("tar", "--one-file-system", "-C", folder, "-cf", tar + ".new", ".")
            os.rename(tar + ".new", tar)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return tar


def debian(name, folder, tar):
    os.makedirs(folder)
    call("tar", "-C", folder, "-xf", tar)
    return Place(name, folder, {"PATH": "/usr/local/bin:/usr/bin:/bin"})


def empty(folder):
    """/tmp and /proc, as in an image FROM scratch."""
    return Place("empty root", folder)


def busybox(folder):
    """The empty root and one static program for all of the shell's commands."""
    place = Place("busybox", folder, {"PATH": "/bin"})
    program = shutil.which("busybox")
    place.put(program, "/bin/busybox", 0o755)
    for name in subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout.split():
        if name != "busybox":
            os.symlink("busybox", place.path(f"/bin/{name}"))
    return place


def wheels(python):
    """A folder with the wheels of ipykernel, matplotlib and pandas for Debian 11's Python 3.9."""
    wanted = os.path.join(REPOSITORY, "scripts", "requirements", "debian11.txt")
    folder = os.path.join(KEPT, "wheels")
    stamp = os.path.join(folder, ".stamp")
    with open(wanted) as file:
        text = file.read()
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == text:
                return folder
    shutil.rmtree(folder, ignore_errors=True)
    platforms = [f"manylinux{version}_x86_64" for version in ("1", "2010", "2014", "_2_17", "_2_24", "_2_26", "_2_27", "_2_28", "_2_31")]
    call(python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
         "--python-version=39", "--implementation=cp", "--abi=cp39", "--abi=abi3", "--abi=none",
         *(f"--platform={platform}" for platform in platforms), "--dest", folder, "-r", wanted)
    with open(stamp, "w") as file:
        file.write(text)
    return folder

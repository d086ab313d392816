"""A root in which lyre is tried: a folder with a system of its own, or with hardly one, and namespaces around each command."""
import os, shutil, subprocess, time

from report import Missed

# Runs as root in namespaces of its own: mounts the root ($1) with /proc, as $2 says, and starts the command there as the user $4.
# As process 1 it takes this shell's place; otherwise the shell stays process 1.
ENTER = """
set -e
root=$1 how=$2 first=$3 user=$4; shift 4
busybox ip link set lo up
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
case $how in
  read-only) mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"; mount -o remount,ro,bind "$root" ;;
  sealed) mount -o remount,ro,bind "$root" ;;
esac
[ -z "$BRING" ] || { mkdir -p "$root/tmp/brought"; cp -R "$BRING"/. "$root/tmp/brought"; chmod -R a+rwX "$root/tmp/brought"; }
if [ "$first" = yes ]; then exec env -i "$@" ; fi
env -i "$@"
exit $?
"""


class Ended:
    def __init__(self, command, code, output, messages, seconds):
        self.command, self.code, self.seconds = command, code, seconds
        self.output, self.messages = output, messages

    def exits(self, *codes):
        if self.code not in codes:
            raise Missed(f"{' '.join(self.command)}\nexit code {self.code}, expected {' or '.join(map(str, codes))}\n"
                         f"{self.output[-1500:]}{self.messages[-1500:]}")
        return self

    def says(self, *parts):
        for part in parts:
            if part not in self.output + self.messages:
                raise Missed(f"{' '.join(self.command)}\nexpected {part!r} in:\n{self.output[-1500:]}{self.messages[-1500:]}")
        return self


class Place:
    """A root. `name` is what the report calls it."""

    def __init__(self, name, root, environment=None):
        self.name, self.root, self.environment = name, root, environment or {}
        for folder in ("tmp", "proc"):
            os.makedirs(os.path.join(root, folder), exist_ok=True)
        os.chmod(os.path.join(root, "tmp"), 0o1777)

    def path(self, inside):
        return os.path.join(self.root, inside.lstrip("/"))

    def put(self, source, inside, mode=None):
        """Copies a file or a folder into the root."""
        target = self.path(inside)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
        if mode is not None:
            os.chmod(target, mode)
        return target

    def start(self, *command, environment=None, user=0, how="writable", first=False, bring=""):
        """Starts a command in the root, with no network but the loopback device, in a pid namespace that ends with it.

        `how`: "read-only" has a /tmp of its own that can be written to, "sealed" has not. `bring` is a folder that is copied to
        /tmp/brought. The environment holds what is given here and nothing else.
        """
        variables = {**self.environment, **(environment or {})}
        enter = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--net", "--ipc",
                 "sh", "-c", ENTER, "enter", self.root, how, "yes" if first else "no", str(user)]
        inner = [f"{name}={value}" for name, value in variables.items()]
        inner += ["/usr/sbin/chroot", f"--userspec={user}:{user}", "--groups=", self.root, *command]
        return subprocess.Popen(enter + inner, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "BRING": bring})

    def run(self, *command, limit=300, **how):
        began = time.monotonic()
        process = self.start(*command, **how)
        try:
            output, messages = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Missed(f"{' '.join(command)}\ndid not end within {limit} s") from None
        return Ended(command, process.returncode, output.decode("utf-8", "replace"), messages.decode("utf-8", "replace"),
                     time.monotonic() - began)

/// The Python side of warm starts.
///
/// It runs in the kernels' interpreter, imports what ipykernel imports until a kernel is ready, and
/// forks a kernel for each request. It writes nothing, starts no thread and opens no socket. If it
/// detects that an imported module did one of these, it reports that and ends, and kernels are
/// started normally. Python 3.8 and later, ipykernel 6 and 7.
enum WarmServerProgram {
  /// The argument of `python -c`.
  ///
  /// It reads the program from the control socket. In the forked child the second line continues,
  /// at the stack depth at which `python -m` runs a module, and with nothing left in `__main__`.
  static let bootstrap = #"""
    exec(__import__("os").read(3, 262144), {"__name__": "lyre_warm_start"})
    __import__("runpy")._run_code(*__import__("builtins").__dict__.pop("_lyre_kernel"))
    """#

  /// The program.
  static let source = #"""
    import sys
    # This process must not import modules from the working directory.
    searches_directory = bool(sys.path) and sys.path[0] == ""
    if searches_directory:
        del sys.path[0]
    import gc
    # Imported modules stay in memory: there is nothing to collect.
    gc.disable()
    import array, builtins, importlib, json, os, runpy, select, signal, socket, struct, threading

    control = socket.socket(fileno=3)
    options = json.loads(control.recv(262144))
    module = options["module"]

    # Modules that a kernel imports after ipykernel itself and before its first cell. If one is missing or
    # fails, it does so in a kernel too.
    LATER = (
        "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger", "faulthandler",
        "IPython.core.completer", "IPython.core.completerlib", "IPython.core.debugger",
        "IPython.core.history", "IPython.core.logger", "IPython.core.oinspect",
        "IPython.extensions.storemagic", "IPython.utils.wildcard", "encodings.idna", "pdb",
        "sqlite3", "tornado.platform.asyncio", "tornado.queues",
    )


    def refuse(reason):
        control.send(("no " + reason).encode("utf-8", "backslashreplace"))
        os._exit(0)


    def descriptors():
        for name in os.listdir("/proc/self/fd"):
            try:
                yield int(name), os.readlink("/proc/self/fd/" + name)
            except OSError:
                pass  # the descriptor of the listing itself


    def reason_not_to():
        """Why a fork of this process would differ from a new process; None if it would not."""
        if threading.active_count() != 1:
            return "a module has started a thread"
        # Threads of a library are accepted if the user requested the library.
        if not options["preload"] and len(os.listdir("/proc/self/task")) != 1:
            return "a library has started a thread"
        if sys.gettrace() or sys.getprofile():
            return "a tracer is active"
        for number, target in descriptors():
            if number > 3 and target.startswith(("socket:", "anon_inode:", "pipe:")):
                return "a module has opened " + target
        return None


    def load():
        importlib.import_module("ipykernel.kernelapp")
        for name in LATER:
            try:
                importlib.import_module(name)
            except Exception:
                pass
        for name in options["preload"]:
            importlib.import_module(name)


    try:
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        _, spec, code = runpy._get_module_details(module)
        sys.argv[:] = [spec.origin]
        load()
        problem = reason_not_to()
    except BaseException as error:
        refuse("%s: %s" % (type(error).__name__, error))
    if problem:
        refuse(problem)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    # The first collection of a kernel then skips all of these objects.
    gc.freeze()
    control.send(b"ready")


    def is_shadowed(directory):
        """Whether a directory contains a module that would hide one of the imported modules."""
        try:
            names = os.listdir(directory or ".")
        except OSError:
            return False  # the kernel cannot enter it, and reports that
        for name in names:
            stem, dot, suffix = name.partition(".")
            if stem not in sys.modules or stem in sys.builtin_module_names:
                continue
            if suffix.rpartition(".")[2] in ("py", "pyc", "so"):
                return True
            if not dot and os.path.exists(os.path.join(directory or ".", name, "__init__.py")):
                return True
        return False


    def rename(arguments):
        """Shows the command line of a kernel in process lists, if the system allows it."""
        line = b"".join(os.fsencode(argument) + b"\0" for argument in arguments)
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        number = lambda index: int(fields[index - 3])
        libc.malloc.restype = ctypes.c_void_p
        libc.malloc.argtypes = [ctypes.c_size_t]
        libc.sbrk.restype = ctypes.c_void_p
        libc.sbrk.argtypes = [ctypes.c_ssize_t]
        place = libc.malloc(len(line))
        if not place:
            return
        ctypes.memmove(place, line, len(line))
        # struct prctl_mm_map
        map = struct.pack(
            "12QII", number(26), number(27), number(45), number(46), number(47), libc.sbrk(0),
            number(28), place, place + len(line), number(50), number(51), 0, 0, 0xFFFFFFFF)
        libc.prctl(35, 14, map, ctypes.c_ulong(len(map)), 0)  # PR_SET_MM, PR_SET_MM_MAP


    STARTED, FAILED, EXITED = 1, 2, 3  # lyre_report_kind


    def tell(line, kind, value, error=0):
        try:
            line.send(struct.pack("iii", kind, value, error), socket.MSG_NOSIGNAL)
        except OSError:
            pass  # the requesting program has ended


    def keep(request, passed):
        """Runs in the forked process: starts a kernel as a child, adopts its orphaned descendants, and ends
        them all with the kernel or with the requesting program. Returns in the kernel only."""
        libc.prctl(36, ctypes.c_ulong(1), 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        line = socket.socket(fileno=passed[3])
        keeper = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        failed, fail = os.pipe()
        kernel = os.fork()
        if kernel == 0:
            line.close()
            os.close(failed)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            become_kernel(request, passed, keeper, fail)
            return
        libc.prctl(15, b"lyre-keeper", 0, 0, 0)  # PR_SET_NAME
        os.close(fail)
        for number in passed[:3]:
            os.close(number)
        # The end of the pipe reports that the kernel is starting.
        problem = os.read(failed, 4)
        os.close(failed)
        if problem:
            os.waitpid(kernel, 0)
            tell(line, FAILED, 3, struct.unpack("i", problem)[0])  # LYRE_SPAWN_CHDIR
            os._exit(1)
        tell(line, STARTED, kernel)
        mask = ctypes.create_string_buffer(128)
        libc.sigemptyset(mask)
        libc.sigaddset(mask, int(signal.SIGCHLD))
        signals = libc.signalfd(-1, mask, os.O_CLOEXEC | os.O_NONBLOCK)
        watch(kernel, line, signals)
        send(kernel, signal.SIGKILL)
        tell(line, EXITED, end_all(kernel, signals))
        os._exit(0)


    def drain(signals):
        try:
            os.read(signals, 128)
        except BlockingIOError:
            pass


    def send(kernel, number):
        """Signals a kernel's process group: its number is reserved until the kernel is reaped."""
        try:
            os.killpg(kernel, number)
        except OSError:
            pass


    def watch(kernel, line, signals):
        """Waits until the kernel has ended or must end."""
        poll = select.poll()
        poll.register(line, select.POLLIN)
        poll.register(signals, select.POLLIN)
        while True:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None and ended.si_pid == kernel:
                return
            if ended is not None:
                os.waitpid(ended.si_pid, os.WNOHANG)
                continue
            for number, _ in poll.poll():
                if number == signals:
                    drain(signals)
                    continue
                try:
                    orders = line.recv(64)
                except OSError:
                    orders = b""
                if not orders:
                    return
                for order in orders:
                    send(kernel, order)


    def child_numbers():
        """The children of this process from the kernel's list, or all processes of the machine if
        there is no such list."""
        try:
            numbers = []
            for task in os.listdir("/proc/self/task"):
                with open("/proc/self/task/" + task + "/children", "rb") as file:
                    numbers += file.read().split()
            return [number.decode() for number in numbers]
        except OSError:
            return [name for name in os.listdir("/proc") if name.isdigit()]


    def children():
        """This process's children, and for each whether it is a keeper itself."""
        for name in child_numbers():
            try:
                with open("/proc/" + name + "/stat", "rb") as file:
                    start, _, end = file.read().rpartition(b")")
            except OSError:
                continue
            fields = end.split()
            if int(fields[1]) == os.getpid() and fields[0] != b"Z":
                yield int(name), b"(lyre-" in start


    def end_all(kernel, signals):
        """Ends and reaps all remaining processes; returns the kernel's exit status."""
        poll = select.poll()
        poll.register(signals, select.POLLIN)
        status = 0
        # Killed processes may take a moment to disappear: the system may be writing for them.
        for turn in range(100):
            try:
                while True:
                    process, ended = os.waitpid(-1, os.WNOHANG)
                    if process == 0:
                        break
                    if process == kernel:
                        status = ended
            except ChildProcessError:
                break
            for child, is_keeper in children():
                # If a cell ran Lyre, the guardian of that Lyre cleans up.
                if is_keeper and turn < 60:
                    continue
                try:
                    os.kill(child, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            poll.poll(50)
            drain(signals)
        return status


    def become_kernel(request, passed, keeper, fail):
        """Runs in the kernel: gives it everything that a new process has of its own."""
        os.setsid()
        libc.prctl(1, ctypes.c_ulong(9), 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL
        if os.getppid() != keeper:
            os._exit(127)
        for number in range(3):
            os.dup2(passed[number], number)
            os.close(passed[number])
        if request["directory"] is not None:
            try:
                os.chdir(request["directory"])
            except OSError as error:
                os.write(fail, struct.pack("i", error.errno))
                os._exit(127)
        arguments = request["arguments"]
        sys.argv[:] = [spec.origin] + arguments
        if hasattr(sys, "orig_argv"):
            # The options, but for -c and the bootstrap.
            sys.orig_argv[:] = sys.orig_argv[:-2] + ["-m", module] + arguments
            rename(sys.orig_argv)
        if searches_directory:
            sys.path.insert(0, os.getcwd())
        main_thread = threading.main_thread()
        if hasattr(main_thread, "_set_native_id"):
            main_thread._set_native_id()
        tell_of_parent(keeper)
        forget_the_parent()
        gc.enable()
        builtins._lyre_kernel = (
            code, sys.modules["__main__"].__dict__, None, "__main__", spec)
        os.close(fail)


    def tell_of_parent(keeper):
        """ipykernel reads the number from the environment when it is imported, and later versions
        end the kernel if its parent has another number."""
        if "JPY_PARENT_PID" not in os.environ:
            return
        os.environ["JPY_PARENT_PID"] = str(keeper)
        classes = [sys.modules["ipykernel.kernelapp"].IPKernelApp]
        for found in classes:
            classes.extend(found.__subclasses__())
            trait = getattr(found, "parent_handle", None)
            if trait is not None:
                trait.default_value = keeper
            values = found.__dict__.get("_static_immutable_initial_values", {})
            if "parent_handle" in values:
                values["parent_handle"] = keeper


    def forget_the_parent():
        """Renews random numbers and times that modules stored when they were imported."""
        import logging, time
        if isinstance(getattr(logging, "_startTime", None), float):
            logging._startTime = time.time()
        elif hasattr(logging, "_startTime"):
            logging._startTime = time.time_ns()
        # The module random does this itself.
        if "multiprocessing.process" in sys.modules:
            process = sys.modules["multiprocessing.process"]
            process.current_process().authkey = os.urandom(32)
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()


    def fork():
        """Forks a keeper: returns True in it, and the answer in this process."""
        try:
            if os.fork() != 0:
                return b"ok"
        except OSError as error:
            return b"no: " + os.strerror(error.errno).encode()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        return True


    def serve():
        # The system then reaps keepers by itself. A second fork would do the same, but takes 2 ms.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            message, ancillary, _, _ = control.recvmsg(262144, socket.CMSG_SPACE(4 * 4))
            if not message:
                os._exit(0)
            passed = array.array("i")
            for _, _, data in ancillary:
                passed.frombytes(data)
            request = json.loads(message)
            if len(passed) != 4:
                answer = b"no descriptors"
            elif is_shadowed(request["directory"]):
                answer = b"no: the directory has a module of that name"
            else:
                answer = fork()
            if answer is True:
                control.close()
                try:
                    keep(request, passed)
                except BaseException:
                    os._exit(127)
                return
            for number in passed:
                os.close(number)
            control.send(answer)


    serve()
    """#
}

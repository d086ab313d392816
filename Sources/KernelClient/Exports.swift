// A program that runs code in a kernel also needs messages, kernelspecs, exit statuses and JSON
// values. With these exports `import KernelClient` is enough. `@_exported` is underscored: it is
// not an official part of the language.
@_exported public import JSONCore
@_exported public import JupyterProtocol
@_exported public import KernelLauncher
@_exported public import Processes

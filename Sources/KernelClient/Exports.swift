// A program that runs code in a kernel needs messages, kernelspecs and JSON values as well:
// `import KernelClient` is enough.
@_exported public import JSONCore
@_exported public import JupyterProtocol
@_exported public import KernelLauncher

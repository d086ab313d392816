// Users of the protocol also need its hashes: keys, names of contents, random bytes.
@_exported public import Hashing

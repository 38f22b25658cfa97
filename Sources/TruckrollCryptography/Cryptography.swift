// Hashes, message authentication and signatures by CryptoKit's names: on Apple's platforms they are CryptoKit's own, elsewhere
// the part of them that Truckroll uses stands in this room, on the libcrypto of the system (OpenSSL 3).
//
// Bytes go in as arrays, slices of arrays or `Data`. Bytes that come out are a sequence, to be put into an array: here they are
// one, in CryptoKit they are `Data`.
#if canImport(CryptoKit)
@_exported import CryptoKit
#endif

/// A text that equals another when their UTF-8 bytes do, as in a database; Swift's `String` calls composed and decomposed letters equal.
public struct ByteText: Hashable, Sendable {
    public let text: String

    @inlinable
    public init(_ text: String) { self.text = text }

    @inlinable
    public static func == (a: ByteText, b: ByteText) -> Bool { a.text.hasBytes(of: b.text) }

    @inlinable
    public func hash(into hasher: inout Hasher) { text.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) } }
}

extension String {
    /// Runs `body` over the UTF-8 bytes where they lie, for a native string.
    @inlinable @inline(__always)
    public func withBytes<T>(_ body: (UnsafeBufferPointer<UInt8>) -> T) -> T {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(utf8).withUnsafeBufferPointer(body)
    }

    /// Whether both are the same UTF-8 bytes.
    @inlinable
    public func hasBytes(of other: String) -> Bool {
        withBytes { a in other.withBytes { b in a.count == b.count && a.commonPrefix(b) == a.count } }
    }

    /// Whether the bytes come before those of another text.
    @inlinable
    public func precedesByBytes(_ other: String) -> Bool {
        withBytes { a in
            other.withBytes { b in
                let common = a.commonPrefix(b)
                guard common < a.count, common < b.count else { return a.count < b.count }
                return a[common] < b[common]
            }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// How many bytes both begin with, eight at a time: names of scopes share long beginnings.
    @inlinable @inline(__always)
    func commonPrefix(_ other: UnsafeBufferPointer<UInt8>) -> Int {
        let count = Swift.min(self.count, other.count)
        let (a, b) = (UnsafeRawBufferPointer(self), UnsafeRawBufferPointer(other))
        var index = 0
        while index + 8 <= count {
            let difference = a.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ b.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if difference != 0 { return index + UInt64(littleEndian: difference).trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, a[index] == b[index] { index += 1 }
        return index
    }
}

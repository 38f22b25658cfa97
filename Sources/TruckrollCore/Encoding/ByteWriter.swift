/// Writes big-endian integers and byte runs one after the other into room of a known size, which is what most hashing waits for.
struct ByteWriter {
    private let room: UnsafeMutableRawBufferPointer
    private var offset = 0

    fileprivate init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

    fileprivate var isFull: Bool { offset == room.count }

    mutating func write<T: FixedWidthInteger>(_ value: T) {
        precondition(room.count - offset >= MemoryLayout<T>.size, "more is written than was announced")
        room.storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
        offset += MemoryLayout<T>.size
    }

    mutating func write(_ bytes: [UInt8]) {
        precondition(room.count - offset >= bytes.count, "more is written than was announced")
        UnsafeMutableRawBufferPointer(rebasing: room[offset...]).copyBytes(from: bytes)
        offset += bytes.count
    }
}

extension Array where Element == UInt8 {
    /// - Parameters:
    ///   - size: of all that `write` writes, in bytes.
    init(size: Int, write: (inout ByteWriter) -> Void) {
        self.init(unsafeUninitializedCapacity: size) { room, count in
            var writer = ByteWriter(UnsafeMutableRawBufferPointer(start: room.baseAddress, count: size))
            write(&writer)
            precondition(writer.isFull, "less is written than was announced")
            count = size
        }
    }
}

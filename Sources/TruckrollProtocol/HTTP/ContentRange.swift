/// The place of bytes in a file, as the header fields `Content-Range` and `Range` say it (RFC 9110, section 14), in one spelling.
public struct ContentRange: Hashable, Sendable {
    /// The first byte and the one after the last.
    public let bytes: Range<Int>
    /// Bytes of the whole.
    public let total: Int

    /// - Returns: `nil` when the bytes are none, or do not lie in the whole.
    public init?(bytes: Range<Int>, total: Int) {
        guard !bytes.isEmpty, bytes.lowerBound >= 0, bytes.upperBound <= total else { return nil }
        self.bytes = bytes
        self.total = total
    }

    /// Reads the value of `Content-Range` as ``headerValue`` writes it; `nil` for anything else.
    public init?(headerValue: String) {
        let characters = Array(headerValue.utf8)
        guard characters.count <= 80, characters.starts(with: Array("bytes ".utf8)) else { return nil }
        let parts = characters.dropFirst(6).split(separator: 0x2F, omittingEmptySubsequences: false)
        guard parts.count == 2, let total = Self.number(parts[1]) else { return nil }
        let ends = parts[0].split(separator: 0x2D, omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]), first <= last, last < total else { return nil }
        self.init(bytes: first..<(last + 1), total: total)
    }

    /// `bytes 0-1048575/3000001`
    public var headerValue: String { "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(total)" }

    /// What a request asks for.
    public enum Asked: Hashable, Sendable {
        /// No range, several, or one in another spelling: the whole is sent.
        case whole
        case part(ContentRange)
        /// Nothing of it lies in the file.
        case nothing
    }

    /// Reads the value of `Range` of a request for a file of `size` bytes.
    public static func asked(_ headerValue: String?, size: Int) -> Asked {
        guard let headerValue else { return .whole }
        let characters = Array(headerValue.utf8)
        guard characters.count <= 60, characters.starts(with: Array("bytes=".utf8)) else { return .whole }
        let ends = characters.dropFirst(6).split(separator: 0x2D, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .whole }
        switch (number(ends[0]), ends[1].isEmpty ? nil : number(ends[1])) {
        case (let first?, let last):
            guard ends[1].isEmpty || last != nil, last.map({ $0 >= first }) ?? true else { return .whole }
            guard first < size else { return .nothing }
            return ContentRange(bytes: first..<min(size, (last ?? size - 1) + 1), total: size).map { .part($0) } ?? .nothing
        default: return .whole
        }
    }

    /// Decimal digits without leading zero, below 10^15.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count == 1 || digits.first != 0x30 else {
            return nil
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

import TruckrollCore
import TruckrollDomain

/// Lists that live and die with their row, and are never searched, packed into one column.
package enum Packing {
    /// Eight bytes each, big-endian.
    package static func pack(_ positions: [Position]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(positions.count * 8)
        for position in positions { bytes.append(bigEndian: position.rawValue) }
        return bytes
    }

    package static func positions(_ bytes: [UInt8]) throws(DecodingProblem) -> [Position] {
        var reader = ByteReader(bytes)
        var positions: [Position] = []
        while !reader.isAtEnd { positions.append(Position(rawValue: try reader.integer(UInt64.self))) }
        return positions
    }

    /// A line each, every line ended; a backslash and a line feed within a name stand behind a backslash.
    package static func pack(_ scopes: [Scope]) -> String {
        scopes.map { escaped($0.name) + "\n" }.joined()
    }

    package static func scopes(_ text: String) -> [Scope] {
        var scopes: [Scope] = []
        var name: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8 {
            switch (byte, isEscaped) {
            case (_, true):
                name.append(byte == UInt8(ascii: "n") ? 0x0A : byte)
                isEscaped = false
            case (UInt8(ascii: "\\"), false): isEscaped = true
            case (0x0A, false):
                scopes.append(Scope(String(decoding: name, as: UTF8.self)))
                name = []
            default: name.append(byte)
            }
        }
        return scopes
    }

    private static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == 0x0A || $0 == UInt8(ascii: "\\") }) else { return name }
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Parent and child behind u32 lengths, the class, then 0, or 1 and the window's time in eight bytes.
    package static func pack(_ edges: [Edge]) -> [UInt8] {
        var bytes: [UInt8] = []
        for edge in edges {
            for scope in [edge.parent, edge.child] {
                bytes.append(bigEndian: UInt32(scope.name.utf8.count))
                bytes += scope.name.utf8
            }
            bytes.append(edge.scopeClass.rawValue)
            bytes.append(edge.windowAround == nil ? 0 : 1)
            if let around = edge.windowAround { bytes.append(bigEndian: UInt64(bitPattern: around)) }
        }
        return bytes
    }

    package static func edges(_ bytes: [UInt8]) throws(DecodingProblem) -> [Edge] {
        var reader = ByteReader(bytes)
        var edges: [Edge] = []
        while !reader.isAtEnd {
            let parent = try scope(&reader)
            let child = try scope(&reader)
            let number = try reader.byte()
            guard let scopeClass = ScopeClass(rawValue: number) else { throw DecodingProblem("malformed", "class \(number) of a scope") }
            let around = try reader.byte() == 0 ? nil : Int64(bitPattern: try reader.integer(UInt64.self))
            edges.append(Edge(parent: parent, child: child, windowAround: around, scopeClass: scopeClass))
        }
        return edges
    }

    private static func scope(_ reader: inout ByteReader) throws(DecodingProblem) -> Scope {
        let count = try reader.integer(UInt32.self)
        return Scope(String(decoding: try reader.take(Int(count)), as: UTF8.self))
    }
}

import Testing
import TruckrollCore

/// The bytes that `digits` write; spaces may part them.
func bytes(_ digits: String) throws -> [UInt8] { try #require([UInt8](hexadecimal: digits.filter { $0 != " " })) }

func text(_ text: String) -> [UInt8] { Array(text.utf8) }

extension [UInt8] {
    /// The bytes with one bit of the byte at `index` turned over.
    func flipped(at index: Int, bit: UInt8 = 0) -> [UInt8] {
        var flipped = self
        flipped[index] ^= 1 << bit
        return flipped
    }
}

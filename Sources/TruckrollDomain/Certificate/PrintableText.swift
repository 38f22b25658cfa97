/// Text that a page shows as it is: nothing hidden in it, and not endless.
public enum PrintableText {
    /// The most bytes of UTF-8 one text of a certificate may have.
    public static let greatestLength = 4000

    /// Whether `text` holds something to read, and nothing that a reader of the page would not see.
    ///
    /// Refused are blanks only, control characters but the line feed, and the marks that reorder the
    /// characters around them, with which a printed number could be made to read as another.
    public static func accepts(_ text: String) -> Bool {
        guard text.utf8.count <= greatestLength else { return false }
        var isBlank = true
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: break
            case 0x00...0x1F, 0x7F...0x9F: return false
            case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFB: return false
            default: if !scalar.properties.isWhitespace { isBlank = false }
            }
        }
        return !isBlank
    }
}

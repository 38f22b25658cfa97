extension String {
    /// The text with everything that could steer a terminal or break a line shown as a visible sign.
    ///
    /// C0 controls become their control pictures (escape is `␛`, a newline `␊`); C1 controls, line separators, marks
    /// that reorder text and invisible characters become `\u{…}`. The joiners emoji and some scripts need are kept.
    public var withVisibleControls: String {
        guard unicodeScalars.contains(where: \.needsToBeShown) else { return self }
        var shown = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if !scalar.needsToBeShown {
                shown.append(scalar)
            } else if let picture = scalar.controlPicture {
                shown.append(picture)
            } else {
                shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            }
        }
        return String(shown)
    }
}

extension Unicode.Scalar {
    /// Whether printing the scalar as it is could change more of the screen than its own cell.
    fileprivate var needsToBeShown: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F: true  // C0, delete and C1, which holds a one-byte form of "escape ["
        case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // reorder the text around them
        case 0x2028...0x2029: true  // line and paragraph separator
        case 0x200B, 0x2060...0x2064, 0xFEFF: true  // invisible
        case 0xE0000...0xE007F: true  // invisible tags
        default: false
        }
    }

    fileprivate var controlPicture: Unicode.Scalar? {
        switch value {
        case 0x00...0x1F: Unicode.Scalar(0x2400 + value)
        case 0x7F: "\u{2421}"
        default: nil
        }
    }
}

/// Reads plates as people type them off: with and without spaces, categories, levels, classes and divisions, several lines in one text.
struct ExplosionMarkingReader {
    /// What the text says; a text that names no protection at all gives no lines.
    static func read(_ text: String) -> ExplosionMarking {
        ExplosionMarking(lines: sections(of: normalised(text)).flatMap { lines(of: $0) })
    }

    /// One kind of minus, blank and sign for each of the many.
    private static func normalised(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "−", "–", "—", "‐", "‑": result.append("-")
            case "º", "˚": result.append("°")
            case "\u{00A0}", "\u{202F}", "\u{2009}", "\t", "_": result.append(" ")
            case "₂": result.append("2")
            case "…": result.append("...")
            default: result.append(character)
            }
        }
        return result
    }

    /// Lines of the plate: what follows a semicolon, a line's end, or a slash that stands by itself. A piece that names no protection, as the
    /// ambient temperature often does, belongs to the one before.
    private static func sections(of text: String) -> [String] {
        let pieces = text.replacing(#/\s+/\s+|[;|\n\r]+/#, with: "\n").split(separator: "\n").map { String($0) }
        var sections: [String] = []
        for piece in pieces {
            let isOwn = piece.contains(#/\b(?:A?Ex|EEx)\b|\bCl(?:ass|\.)|\bII\s*\(?\d|\bI\s*M\s*[12]/#)
            if !isOwn, let last = sections.popLast() { sections.append(last + " " + piece) } else { sections.append(piece) }
        }
        return sections
    }

    private static func lines(of section: String) -> [ExplosionMarking.Line] {
        // What stands in brackets is for something connected, not for the equipment itself.
        let text = section.replacing(#/\[[^\]]*\]/#, with: " ")
        if text.contains(#/\bCl(?:ass|\.)?\s*I/#), let line = divisionLine(text) { return [line] }
        guard text.contains(#/\b(?:A?Ex|EEx)\b/#) || category(in: text) != nil else { return [] }
        let category = category(in: text)
        let rest = category.map { text.replacingCharacters(in: $0.range) } ?? text
        let levels = rest.matches(of: #/\b([GDM])([abc])\b/#)
        var atmospheres: [ExplosionMarking.Atmosphere] = []
        func add(_ atmosphere: ExplosionMarking.Atmosphere) { if !atmospheres.contains(atmosphere) { atmospheres.append(atmosphere) } }
        for atmosphere in category?.atmospheres ?? [] { add(atmosphere) }
        for match in levels { add(match.1 == "G" ? .gas : match.1 == "D" ? .dust : .mine) }
        if rest.contains(#/\bIII[ABC]?\b/#) { add(.dust) }
        if rest.contains(#/\bII(?:A|B|C)?\b|\bII[ABC]\s*\+/#) { add(.gas) }
        if atmospheres.isEmpty { add(rest.contains(#/\bI\b/#) ? .mine : .gas) }
        return atmospheres.map { atmosphere in
            var line = ExplosionMarking.Line(atmosphere: atmosphere)
            line.scheme = text.contains(#/\bAEx\b/#) ? .northAmerican : category == nil ? nil : .atex
            let letter: Character = atmosphere == .gas ? "G" : atmosphere == .dust ? "D" : "M"
            // Of two levels, as at a wall between two zones, the lower one holds on both sides.
            let marked = levels.filter { $0.1.first == letter }.compactMap { level($0.2) }.max()
            let byCategory = category.flatMap { $0.atmospheres.contains(atmosphere) ? $0.level : nil }
            line.level = marked ?? byCategory
            line.isContradictory = marked != nil && byCategory != nil && marked != byCategory
            line.group = group(in: rest, atmosphere)
            line.temperatures = temperatures(in: rest, atmosphere)
            return line
        }
    }

    private static func level(_ letter: Substring) -> ExplosionMarking.ProtectionLevel? {
        switch letter {
        case "a": .a
        case "b": .b
        case "c": .c
        default: nil
        }
    }

    // MARK: Category

    private struct Category {
        let range: Range<String.Index>
        let level: ExplosionMarking.ProtectionLevel
        let atmospheres: [ExplosionMarking.Atmosphere]
    }

    /// `II 2G`, `II 2 GD`, `II (1) 2G`, `II 1/2 G`, `I M2`.
    private static func category(in text: String) -> Category? {
        if let match = text.firstMatch(of: #/\bII\s*(?:\([123]\s*[GD]{0,2}\))?\s*([123])(?:\s*/\s*([123]))?\s*(GD|G\s*/\s*D|G|D)\b/#) {
            let digits = [match.1, match.2].compactMap { $0.flatMap { Int($0) } }
            guard let level = digits.max().flatMap({ ExplosionMarking.ProtectionLevel(rawValue: $0) }) else { return nil }
            let letters = match.3
            let atmospheres: [ExplosionMarking.Atmosphere] =
                (letters.contains("G") ? [.gas] : []) + (letters.contains("D") ? [.dust] : [])
            return Category(range: match.range, level: level, atmospheres: atmospheres)
        }
        if let match = text.firstMatch(of: #/\bI\s*M\s*([12])\b/#) {
            return Category(range: match.range, level: match.1 == "1" ? .a : .b, atmospheres: [.mine])
        }
        return nil
    }

    // MARK: Class and division

    /// `Class I, Division 1, Groups A, B, C, D T4`, `Cl. I, Div. 2, Gr. A-D T3C`: as good as the level that article 505 lets it stand in for.
    private static func divisionLine(_ text: String) -> ExplosionMarking.Line? {
        guard let match = text.firstMatch(of: #/\bCl(?:ass|\.)?\s*I\b[\s,]*Div(?:ision|\.)?\s*([12])/#) else { return nil }
        var line = ExplosionMarking.Line(atmosphere: .gas)
        line.scheme = .northAmerican
        line.level = match.1 == "1" ? .b : .c
        if let groups = text.firstMatch(of: #/\bGr(?:oups?|ps?\.?|\.)?\s*([A-D](?:\s*[-,&]?\s*(?:and\s+)?[A-D])*)\b/#) {
            line.group = group(ofClassOne: String(groups.1))
        }
        line.temperatures = temperatures(in: text, .gas)
        return line
    }

    /// Group A is acetylene, B hydrogen, C ethylene, D propane.
    private static func group(ofClassOne text: String) -> ExplosionMarking.Group? {
        var letters = Set(text.filter { "ABCD".contains($0) })
        if text.contains("-"), let first = letters.min(), let last = letters.max() {
            letters = Set("ABCD".filter { first <= $0 && $0 <= last })
        }
        if letters.contains("A") { return .iic }
        if letters.contains("B") { return .iibHydrogen }
        if letters.contains("C") { return .iib }
        return letters.contains("D") ? .iia : nil
    }

    // MARK: Group

    private static func group(in text: String, _ atmosphere: ExplosionMarking.Atmosphere) -> ExplosionMarking.Group? {
        switch atmosphere {
        case .mine: return text.contains(#/\bI\b/#) ? .i : nil
        case .dust:
            if let match = text.firstMatch(of: #/\bIII([ABC])\b/#) { return ExplosionMarking.Group(rawValue: "III" + match.1) }
            return text.contains(#/\bIII\b/#) ? .iiic : nil
        case .gas:
            if text.contains(#/\bIIB\s*\+\s*H\s*2?\b/#) { return .iibHydrogen }
            if let match = text.firstMatch(of: #/\bII([ABC])\b/#) { return ExplosionMarking.Group(rawValue: "II" + match.1) }
            // A plate of before the groups were told apart is for all of them.
            return text.contains(#/\bII\b/#) ? .iic : nil
        }
    }

    // MARK: Temperatures

    private static func temperatures(in text: String, _ atmosphere: ExplosionMarking.Atmosphere) -> [ExplosionMarking.Temperature] {
        let marks: [(mark: String, surface: Int, range: Range<String.Index>)]
        if atmosphere == .dust {
            marks = text.matches(of: #/\bT\s*(\d{2,3})\s*°?\s*C/#).compactMap { match in
                Int(match.1).map { ("T\($0) °C", $0, match.range) }
            }
        } else {
            marks = text.matches(of: #/\bT([1-6][A-D]?)\b(?!\s*°)/#).compactMap { match in
                let name = "T" + match.1
                return TemperatureClass.surface(name).map { (name, $0, match.range) }
            }
        }
        let common = marks.first.flatMap { ambient(in: String(text[..<$0.range.lowerBound])) }
        var own = marks.enumerated().map { index, mark in
            let end = index + 1 < marks.count ? marks[index + 1].range.lowerBound : text.endIndex
            return (mark: mark, ambient: ambient(in: String(text[mark.range.upperBound..<end])))
        }
        // Classes without a temperature of their own, as in T6...T4, are one statement: the hottest holds, at what is said for all.
        if own.count > 1, own.filter({ $0.ambient != nil }).count <= 1 {
            let shared = own.compactMap(\.ambient).first
            if let hottest = own.map(\.mark).max(by: { $0.surface < $1.surface }) { own = [(hottest, shared)] }
        }
        let lowest = own.compactMap { $0.ambient?.lower }.min()
        return own.map { item in
            let range = item.ambient ?? common
            let bounds = range.map { ($0.lower ?? lowest ?? ExplosionMarking.standardAmbient.lowerBound)...max($0.upper, $0.lower ?? $0.upper) }
            return ExplosionMarking.Temperature(mark: item.mark.mark, surface: item.mark.surface, ambient: bounds)
        }
    }

    /// `-40 °C ≤ Ta ≤ +70 °C`, `Ta -40 °C to +70 °C`, `Tamb: -40...+70 °C`, `to +85 °C`, `Ta ≤ 60 °C`.
    private static func ambient(in text: String) -> (lower: Int?, upper: Int)? {
        func number(_ text: Substring) -> Int? { Int(text.replacing("+", with: "").filter { !$0.isWhitespace }) }
        if let match = text.firstMatch(of: #/([+-]?\s*\d+)\s*°?\s*C?\s*(?:≤|<=|<|=<)\s*T\s*a(?:mb)?\s*(?:≤|<=|<|=<)\s*([+-]?\s*\d+)/#.ignoresCase()),
            let lower = number(match.1), let upper = number(match.2), lower <= upper
        {
            return (lower, upper)
        }
        if let match = text.firstMatch(
            of: #/\bT\s*a(?:mb)?\.?\s*[:=]?\s*([+-]?\s*\d+)\s*°?\s*C?\s*(?:to|bis|until|\.{2,3})\s*([+-]?\s*\d+)/#.ignoresCase()),
            let lower = number(match.1),
            let upper = number(match.2), lower <= upper
        {
            return (lower, upper)
        }
        if let match = text.firstMatch(of: #/([+-]?\s*\d+)\s*°?\s*C?\s*(?:to|bis|\.{2,3})\s*([+-]?\s*\d+)\s*°\s*C/#.ignoresCase()),
            let lower = number(match.1),
            let upper = number(match.2), lower <= upper
        {
            return (lower, upper)
        }
        if let match = text.firstMatch(of: #/(?:\bto|\bup to|\bbis|≤|<=|<)\s*([+-]?\s*\d+)\s*°?\s*C/#.ignoresCase()), let upper = number(match.1) {
            return (nil, upper)
        }
        return nil
    }
}

extension ExplosionMarking {
    /// Reads a plate. What cannot be read is left out; no lines at all mean that no protection is marked.
    public init(_ text: String) { self = ExplosionMarkingReader.read(text) }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>) -> String {
        String(self[..<range.lowerBound]) + " " + String(self[range.upperBound...])
    }
}

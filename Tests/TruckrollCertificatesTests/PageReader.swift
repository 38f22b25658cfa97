import Foundation
import Testing

/// A rectangle in points from the top left of the page.
struct Box: Hashable {
    var x, y, width, height: Double

    func meets(_ other: Box) -> Bool {
        x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }
}

/// A page as poppler's programs see it: its words with their boxes, and its ink, a pixel a point.
struct PageReader {
    private static let (texts, pictures) = ("/usr/bin/pdftotext", "/usr/bin/pdftoppm")
    static let isInstalled = [texts, pictures].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

    let words: [(text: String, box: Box)]
    private let (columns, rows): (Int, Int)
    private let grey: [UInt8]

    /// The first page on which a word stands.
    init(of pdf: [UInt8], with word: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "truckroll-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "a.pdf")
        try Data(pdf).write(to: source)
        var (page, found): (Int, [(text: String, box: Box)]) = (0, [])
        repeat {
            page += 1
            let target = folder.appending(path: "\(page).html")
            try #require(try Self.run(Self.texts, ["-bbox", "-f", "\(page)", "-l", "\(page)", source.path(), target.path()]) == 0)
            found = Self.words(try String(contentsOf: target, encoding: .utf8))
        } while page < 20 && !found.contains { $0.text == word }
        words = found
        let picture = folder.appending(path: "picture")
        try #require(
            try Self.run(Self.pictures, ["-gray", "-r", "72", "-f", "\(page)", "-l", "\(page)", "-singlefile", source.path(), picture.path()]) == 0)
        // P5, width, height and the largest value, then a byte a pixel.
        let bytes = Array(try Data(contentsOf: picture.appendingPathExtension("pgm")))
        let head = String(decoding: bytes.prefix(32), as: UTF8.self).split(whereSeparator: \.isWhitespace).prefix(4)
        let sizes = head.dropFirst().compactMap { Int($0) }
        try #require(sizes.count == 3)
        (columns, rows) = (sizes[0], sizes[1])
        grey = Array(bytes.suffix(sizes[0] * sizes[1]))
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// `<word xMin="…" yMin="…" xMax="…" yMax="…">text</word>`, a line each.
    private static func words(_ html: String) -> [(text: String, box: Box)] {
        html.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
            guard line.contains("<word "), parts.count >= 9 else { return nil }
            let numbers = [1, 3, 5, 7].compactMap { Double(parts[$0]) }
            guard numbers.count == 4, let end = parts[8].range(of: "</word>") else { return nil }
            return (
                String(parts[8][..<end.lowerBound].dropFirst()),
                Box(x: numbers[0], y: numbers[1], width: numbers[2] - numbers[0], height: numbers[3] - numbers[1])
            )
        }
    }

    private func dark(in box: Box) -> [(x: Int, y: Int)] {
        let (right, bottom) = (min(columns, Int(box.x + box.width)), min(rows, Int(box.y + box.height)))
        return (max(0, Int(box.y))..<bottom).flatMap { y in
            (max(0, Int(box.x))..<right).filter { grey[y * columns + $0] < 160 }.map { ($0, y) }
        }
    }

    /// How many pixels of a box are dark.
    func ink(in box: Box) -> Int { dark(in: box).count }

    /// How many of them are in no word.
    func inkOutsideWords(in box: Box) -> Int {
        dark(in: box).filter { pixel in
            let point = Box(x: Double(pixel.x), y: Double(pixel.y), width: 1, height: 1)
            return !words.contains { $0.box.meets(point) }
        }
        .count
    }
}

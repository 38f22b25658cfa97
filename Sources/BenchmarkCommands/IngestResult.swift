import Foundation

/// What a run measured.
struct IngestResult: Encodable, CustomStringConvertible {
    let admitted: Int
    let seconds: Double
    /// Of this process, user and system.
    let processorSeconds: Double
    /// Of each request, ascending.
    let milliseconds: [Double]
    /// Why sets were not admitted, with how many.
    let refusals: [String: Int]

    var perSecond: Double { Double(admitted) / seconds }

    private func percentile(_ share: Double) -> Double {
        milliseconds.isEmpty ? 0 : milliseconds[min(milliseconds.count - 1, Int(Double(milliseconds.count) * share))]
    }

    private enum Key: String, CodingKey {
        case admitted, seconds, setsPerSecond, processorMicrosecondsPerSet, p50Milliseconds, p99Milliseconds, refusals
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(admitted, forKey: .admitted)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(perSecond, forKey: .setsPerSecond)
        try container.encode(processorSeconds / Double(max(1, admitted)) * 1e6, forKey: .processorMicrosecondsPerSet)
        try container.encode(percentile(0.5), forKey: .p50Milliseconds)
        try container.encode(percentile(0.99), forKey: .p99Milliseconds)
        if !refusals.isEmpty { try container.encode(refusals, forKey: .refusals) }
    }

    var description: String {
        String(
            format: "%d sets admitted in %.2f s: %.0f a second, %.0f µs of this process's CPU a set; a request took %.1f ms (p50), %.1f ms (p99)",
            admitted, seconds, perSecond, processorSeconds / Double(max(1, admitted)) * 1e6, percentile(0.5), percentile(0.99))
            + refusals.map { "\n\($0.value) not admitted: \($0.key)" }.sorted().joined()
    }
}

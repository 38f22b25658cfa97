/// Makes a failing list of steps small: what can be left out without losing the failure is left out (Zeller, Hildebrandt 2002).
public struct Shrinker {
    private let fails: ([Step]) -> Bool
    private var tries: Int

    /// - Parameters:
    ///   - tries: how many runs it may take.
    ///   - fails: whether a list still shows the failure.
    public init(tries: Int = 4000, fails: @escaping ([Step]) -> Bool) {
        self.fails = fails
        self.tries = tries
    }

    public mutating func shrink(_ steps: [Step]) -> [Step] {
        var current = steps
        var before = current.count + 1
        while current.count < before, tries > 0 {
            before = current.count
            current = dropChunks(current)
            current = simplify(current)
            current = mergeDevices(current)
            current = dropPairs(current)
        }
        return current
    }

    private mutating func holds(_ steps: [Step]) -> Bool {
        guard tries > 0 else { return false }
        tries -= 1
        return fails(steps)
    }

    private mutating func dropChunks(_ steps: [Step]) -> [Step] {
        var current = steps
        var size = max(1, current.count / 2)
        while true {
            var start = 0
            while start < current.count {
                let end = min(start + size, current.count)
                var candidate = current
                candidate.removeSubrange(start..<end)
                if holds(candidate) { current = candidate } else { start = end }
            }
            if size == 1 { return current }
            size = max(1, size / 2)
        }
    }

    /// Undisturbed visits, no pauses, fewer devices.
    private mutating func simplify(_ steps: [Step]) -> [Step] {
        var current = steps
        for index in current.indices {
            for simpler in simpler(current[index], among: Set(current.map(\.device))) {
                var candidate = current
                candidate[index] = simpler
                if holds(candidate) { current = candidate }
            }
        }
        return current
    }

    /// All that one device did, done by another.
    private mutating func mergeDevices(_ steps: [Step]) -> [Step] {
        var current = steps
        for device in Set(steps.map(\.device)).sorted(by: >) {
            for other in Set(current.map(\.device)).sorted() where other != device {
                let candidate = current.map { $0.device == device ? Step(pause: $0.pause, device: other, action: $0.action) : $0 }
                if candidate != current, holds(candidate) {
                    current = candidate
                    break
                }
            }
        }
        return current
    }

    /// Two steps, wherever they stand, of which neither can be left out alone.
    private mutating func dropPairs(_ steps: [Step]) -> [Step] {
        var current = steps
        guard current.count <= 25 else { return current }
        var first = 0
        while first < current.count {
            var second = first + 1
            while second < current.count {
                var candidate = current
                candidate.remove(at: second)
                candidate.remove(at: first)
                if holds(candidate) {
                    current = candidate
                    second = first + 1
                } else {
                    second += 1
                }
            }
            first += 1
        }
        return current
    }

    private func simpler(_ step: Step, among devices: Set<Int>) -> [Step] {
        var simpler: [Step] = []
        if case .sync(.some) = step.action { simpler.append(Step(pause: step.pause, device: step.device, action: .sync(nil))) }
        for device in devices.sorted() where device < step.device { simpler.append(Step(pause: step.pause, device: device, action: step.action)) }
        return simpler
    }
}

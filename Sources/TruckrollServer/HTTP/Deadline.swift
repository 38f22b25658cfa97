/// Runs `work`, and cancels it when it takes longer than `time`.
///
/// - Throws: ``ServiceProblem/bodyTimeout`` when the time is over.
func withDeadline<Value: Sendable>(_ time: Duration, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: time)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw ServiceProblem.bodyTimeout }
        return value
    }
}

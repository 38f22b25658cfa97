import CommandSupport

/// The dispatcher's program over its store.
enum DispatchProgram: DeviceProgram {
    static let command = "truckroll-dispatch"
    static let folder = "dispatch"
    static let advice = ProblemAdvice(
        unreachable: "Look at the network and the server's address, then sync again.",
        misfit: "Nothing was recorded. Correct the value and repeat the command.",
        folder: "Check the folder given with --store and its permissions.")
}

/// What every command takes.
typealias DispatchOptions = SyncingOptions<DispatchProgram>

/// One seed from its list of steps to its verdict.
public struct SeedRun: Sendable {
    public let options: SimulationOptions
    public let steps: [Step]
    public let violation: Violation?
    public let met: Occurrences
    /// The server's log at the end, when it was asked for.
    public var picture: [String] = []

    /// Plays a seed's own list, or a given one.
    public static func play(_ options: SimulationOptions, _ world: StartingWorld, steps given: [Step]? = nil, picturing: Bool = false) -> SeedRun {
        var generator = StepGenerator(options: options)
        let steps = given ?? generator.steps()
        let simulation = Simulation(options, world: world)
        var violation: Violation?
        do { try simulation.run(steps) } catch { violation = error as? Violation ?? Violation("unexpected error", "\(error)") }
        var run = SeedRun(options: options, steps: steps, violation: violation, met: simulation.met)
        if picturing { run.picture = (try? simulation.picture()) ?? [] }
        return run
    }

    /// The smallest list found that breaks the same promise.
    public func shrunk(_ world: StartingWorld, tries: Int = 4000) -> SeedRun {
        guard let violation else { return self }
        let options = options
        var shrinker = Shrinker(tries: tries) { SeedRun.play(options, world, steps: $0).violation?.rule == violation.rule }
        return SeedRun.play(options, world, steps: shrinker.shrink(steps))
    }
}

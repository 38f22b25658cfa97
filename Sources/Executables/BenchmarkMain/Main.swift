import ArgumentParser
import BenchmarkCommands

@main
enum Main {
    static func main() { BenchmarkCommand.main() }
}

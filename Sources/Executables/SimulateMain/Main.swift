import ArgumentParser
import SimulateCommands

@main
enum Main {
    static func main() { SimulateCommand.main() }
}

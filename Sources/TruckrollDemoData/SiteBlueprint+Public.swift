/// Sites where gas is met by the way: traffic, water, food, research.
extension SiteBlueprint {
    static let brewery = SiteBlueprint(
        trade: Trade("Brauerei", "Brouwerij", "Bryggeri"), siteNames: ["Brewhouse", "Bottling hall", "Fermentation cellar"],
        areas: [
            AreaBlueprint("Malt intake and mill", zone: "none", "none", "T4", 0...40, [], dust: "21", "IIIB"),
            AreaBlueprint("Ammonia plant room", zone: "2", "IIA", "T1", 0...40, ["7664-41-7"]),
            AreaBlueprint("Spirit store", zone: "2", "IIB", "T2", 0...30, ["64-17-5"]),
        ],
        installations: [
            Installation(.carbonDioxide, [.carbonDioxide], "fermentation cellar, 40 cm above the floor"),
            Installation(.ammonia, [.ammonia], area: 1, "plant room, above compressor 2"),
            Installation(.infrared, [.ethanol], area: 2, "spirit store, drain"),
            Installation(.carbonDioxide, [.carbonDioxide], "keg washer"),
            Installation(.garageController, [.carbonDioxide, .ammonia, .ethanol, .carbonDioxide], "shift leader's office"), .portable,
        ],
        requirements: ["Hygiene instruction", "No glass in the bottling hall"],
        problems: [
            "CO2 alarm in the cellar goes off at every tank change and the lads have started to ignore it.",
            "The ammonia head in the plant room has shown 12 ppm since Monday, our contractor found no leak.",
            "Display of the controller is dark, but the horn works.",
        ])

    static let sewageWorks = SiteBlueprint(
        trade: Trade("Abwasserverband", "Waterzuivering", "Spildevand"), siteNames: ["Sewage works", "Pumping station"],
        areas: [
            AreaBlueprint("Inlet works, channels", zone: "1", "IIB", "T3", -10...40, ["74-82-8", "7783-06-4"]),
            AreaBlueprint("Digester gas house", zone: "1", "IIA", "T1", -10...40, ["74-82-8"]),
        ],
        installations: [
            Installation(.toxic, [.hydrogenSulfide], area: 0, "inlet screen, 1 m above the channel"),
            Installation(.pellistor, [.methane], area: 0, "inlet screen, ceiling"),
            Installation(.infrared, [.methaneInfrared], area: 1, "gas house"),
            Installation(.transmitter, [.hydrogenSulfide], area: 0, "sludge dewatering"),
            Installation(.controller, [.hydrogenSulfide, .methane, .methaneInfrared, .hydrogenSulfide], "control room"), .portable,
        ],
        requirements: ["Confined space entry: second person of the works present", "Hepatitis A vaccination advised"],
        problems: [
            "H2S at the inlet screen stays at zero even when it clearly smells.", "Both heads at the screen were flooded on Sunday.",
            "Our portable no longer switches on after charging.",
        ])

    static let coldStore = SiteBlueprint(
        trade: Trade("Kühlhaus", "Koelhuis", "Kølehus"), siteNames: ["Cold store", "Freezing tunnel", "Ammonia plant"],
        areas: [AreaBlueprint("Machine room", zone: "2", "IIA", "T1", 0...45, ["7664-41-7"])],
        installations: [
            Installation(.ammonia, [.ammonia], area: 0, "machine room, compressor 1"),
            Installation(.ammoniaHigh, [.ammoniaHigh], area: 0, "machine room, exhaust fan"),
            Installation(.ammonia, [.ammonia], "cell 3, evaporator"),
            Installation(.pellistor, [.ammoniaExplosive], area: 0, "liquid separator"),
            Installation(.controller, [.ammonia, .ammoniaHigh, .ammonia], "refrigeration control room"),
        ],
        requirements: ["Ammonia escape mask with K filter", "Cold store instruction, never alone in the cells"],
        problems: [
            "Cell 3 gives pre-alarm in every defrost.", "Smell of ammonia at the separator, the fixed head shows nothing.",
            "One channel of the control unit jumps between 0 and 300.",
        ])

    static let tunnel = SiteBlueprint(
        trade: Trade("Tunnelbetrieb", "Tunnelbeheer", "Tunneldrift"), siteNames: ["Road tunnel", "Underpass"],
        areas: [AreaBlueprint("Pump sump", zone: "1", "IIA", "T3", -10...40, ["110-54-3", "109-66-0"])],
        installations: [
            Installation(.toxic, [.carbonMonoxide], "tube west, niche 4"), Installation(.toxic, [.nitrogenDioxide], "tube west, niche 4"),
            Installation(.infrared, [.hexane], area: 0, "pump sump, 10 cm above the oil trap"),
            Installation(.toxic, [.carbonMonoxide], "tube east, niche 9"),
            Installation(.controller, [.carbonMonoxide, .nitrogenDioxide, .hexane, .carbonMonoxide], "operations building, room 0.12"),
        ],
        requirements: ["Lane closure: order 10 working days ahead", "Warning clothing class 3", "Sign in with the tunnel control room"],
        problems: [
            "Ventilation went to full because niche 9 reported 120 ppm in an empty tunnel.",
            "Sump head reports optics fault after the tunnel wash.",
        ])

    static let carPark = SiteBlueprint(
        trade: Trade("Parkhaus", "Parkeergarages", "Parkering"), siteNames: ["Multi-storey car park", "Underground car park"],
        areas: [AreaBlueprint("Oil separator shaft", zone: "2", "IIA", "T3", -10...40, ["110-54-3"])],
        installations: [
            Installation(.toxic, [.carbonMonoxide], "level -1, column C4"), Installation(.toxic, [.carbonMonoxide], "level -2, column C4"),
            Installation(.toxic, [.nitrogenDioxide], "level -2, ramp"),
            Installation(.garageController, [.carbonMonoxide, .carbonMonoxide, .nitrogenDioxide], "cash office"),
            Installation(.infrared, [.propane], "level -1, gas car bays"),
        ],
        requirements: ["Key from the cash office"],
        problems: [
            "The sign LEAVE THE CAR PARK has been lit since seven and people are complaining.",
            "A delivery van has torn the head off column C4.",
            "Fans never stop. The CO display shows 35 on all levels.",
        ])

    static let laboratory = SiteBlueprint(
        trade: Trade("Institut", "Instituut", "Institut"), siteNames: ["Laboratory building", "Research annex"],
        areas: [
            AreaBlueprint("Gas bottle cabinets", zone: "2", "IIC", "T2", 10...35, ["1333-74-0", "74-86-2", "74-82-8"]),
            AreaBlueprint("Sterilisation", zone: "2", "IIB", "T2", 10...35, ["75-21-8"]),
        ],
        installations: [
            Installation(.hydrogen, [.hydrogen], area: 0, "laboratory 1.07, below the ceiling"),
            Installation(.pellistor, [.acetylene], area: 0, "spectrometer room"),
            Installation(.toxic, [.ethyleneOxide], area: 1, "sterilisation, exhaust"),
            Installation(.toxic, [.carbonMonoxide], "laboratory 2.11"),
            Installation(.infrared, [.ethylene], area: 0, "ripening chamber"),
            Installation(.controller, [.hydrogen, .acetylene, .ethyleneOxide, .carbonMonoxide, .ethylene], "porter's lodge"),
        ],
        requirements: ["Register at the porter's lodge with an identity card", "Biosafety level 2: enter with staff only"],
        problems: [
            "Hydrogen valve closes by itself in the night, no alarm in the log.",
            "Sterilisation head has reached its end of life according to the display.",
        ])
}

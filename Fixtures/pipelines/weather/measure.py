"""Makes a year of measurements of three stations, with some that went wrong."""

import csv
import math
import os
import random

YEAR = int(os.environ.get("YEAR", "2025"))
STATIONS = {"harbour": (9, 8), "valley": (8, 11), "summit": (-1, 9)}

dice = random.Random(YEAR)
with open("measured.csv", "w", newline="") as file:
    table = csv.writer(file)
    table.writerow(["station", "day", "temperature", "rain"])
    for station, (mean, swing) in STATIONS.items():
        for day in range(1, 366):
            season = -math.cos(2 * math.pi * (day - 20) / 365)
            temperature = mean + swing * season + dice.gauss(0, 2)
            rain = max(0.0, dice.gauss(0, 6) - 2)
            if dice.random() < 0.02:
                temperature = 999.9  # What the thermometer says when it is broken.
            table.writerow([station, day, f"{temperature:.1f}", f"{rain:.1f}"])
        print(f"{station}: 365 days of {YEAR}")

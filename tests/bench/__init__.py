"""Measures, not tests: nothing in here passes or fails, and pytest collects none of it.

national: ``make bench``, the whole graph at national scale
plain_edof: the catalogue read with lxml and Arrow alone
odd_offers, registers: ``make bench-exports``, what others publish, at its size
plain: the same transformations in one DuckDB script, for the ratio
package: the package of a release, beside bare ``COPY``
suppression: ``make bench-secret``, complementary suppression beside two other programs
cubes, marts: generated cubes, and those of real marts; peers: the other programs' interfaces
measure: time and memory of a process tree
portal: ``make bench-portal``, the portal beside two other servers
"""

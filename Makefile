# Everyday commands. Each is complete alone: what is missing on a Debian 12 is installed first (tools/setup.sh).
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: help setup hunt serve-demo build test debug asan tsan fuzz bench format tidy install package clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## install what a build needs and this machine lacks
	@tools/setup.sh

# Configures once; Ninja calls CMake again where that is needed.
build/%/build.ninja: | setup
	cmake --preset $*

hunt: build/release/build.ninja | setup  ## hunt the sample logs with the shipped detections
	cmake --build --preset release --target hecate -j $(JOBS)
	build/release/bin/hecate hunt --show-suppressed examples/logs

serve-demo: build/release/build.ninja | setup  ## start a server, send it the sample logs, show what it finds
	cmake --build --preset release --target hecate -j $(JOBS)
	PATH="$(CURDIR)/build/release/bin:$$PATH" examples/serve_demo.sh

build: build/release/build.ninja | setup  ## build the program and its tests, optimised
	cmake --build --preset release -j $(JOBS)

test: build  ## run all tests, and the tests of the shipped detections
	ctest --preset release -j $(JOBS) --label-exclude corpus

debug: build/debug/build.ninja | setup  ## build and test with asserts
	cmake --build --preset debug -j $(JOBS)
	ctest --preset debug -j $(JOBS) --label-exclude corpus

asan: build/asan/build.ninja | setup  ## build and test with AddressSanitizer and UndefinedBehaviorSanitizer
	cmake --build --preset asan -j $(JOBS)
	ctest --preset asan -j $(JOBS) --label-exclude corpus

tsan: build/tsan/build.ninja | setup  ## build and test with ThreadSanitizer
	cmake --build --preset tsan -j $(JOBS)
	ctest --preset tsan -j $(JOBS) --label-exclude corpus

fuzz: | setup  ## build the fuzz targets and run each for FUZZ_SECONDS (needs clang 19)
	tools/fuzz.sh

bench: | setup  ## measure SigmaHQ, ESCU, KQL and all of them over the bench events (needs ../shared)
	bench/sigma/run.sh
	bench/spl/run.sh
	bench/kql/run.sh
	bench/all/run.sh

format:  ## lay out the C++ sources (needs clang-format 19)
	tools/format.sh

tidy: | setup  ## check the C++ sources (needs clang-tidy 19)
	tools/tidy.sh

install: build  ## install below PREFIX (/usr/local), within DESTDIR
	DESTDIR=$(DESTDIR) cmake --install build/release --prefix $(PREFIX)

package: build  ## make a .deb in build/release
	cd build/release && cpack -G DEB

clean:  ## remove all that was built; what setup installed stays
	rm -rf build

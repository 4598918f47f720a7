# The two commands: `make run` and `make check`. Each installs what is missing, configures and builds.
# Everything real is in meson.build; this file only saves a newcomer from knowing that.

BUILD := build
NPROC := $(shell nproc 2>/dev/null || echo 2)

# What each package is for stands in README.md, "What it is built on".
BUILD_PACKAGES := \
	build-essential pkg-config meson ninja-build gettext python3 libxml2-utils \
	libglib2.0-dev libglib2.0-dev-bin libgtk-4-dev libadwaita-1-dev \
	libplplot-dev libcairo2-dev libcurl4-openssl-dev libsimdjson-dev libjson-glib-dev libgsl-dev \
	libsoup-3.0-dev libsqlite3-dev libsecret-1-dev libsodium-dev
RUN_PACKAGES := \
	plplot-driver-cairo adwaita-icon-theme librsvg2-common fonts-cantarell fonts-wqy-microhei ca-certificates glib-networking
CHECK_PACKAGES := \
	python3-venv \
	xvfb xauth dbus dbus-daemon libgl1-mesa-dri desktop-file-utils appstream openssl curl
# Other people's servers, to test against: installed by check-peers only.
# Only what is not here in some other form: a node of its makers brings npm along and conflicts with Debian's.
PEER_PACKAGES := nginx \
	$(if $(shell command -v mvn 2>/dev/null),,maven) \
	$(if $(shell command -v javac 2>/dev/null),,default-jdk-headless) \
	$(if $(shell command -v npm 2>/dev/null),,nodejs npm)
PACKAGES := $(BUILD_PACKAGES) $(RUN_PACKAGES) $(CHECK_PACKAGES)

.PHONY: deps build run check check-peers soak screenshots bench accuracy clean

deps:
	@./deps.sh $(PACKAGES)

$(BUILD)/build.ninja: deps
	@test -f $@ || meson setup $(BUILD)

build: $(BUILD)/build.ninja
	@meson compile -C $(BUILD) --ninja-args=--quiet
	@mkdir -p $(BUILD)/bin
	@for p in twinward twinward-cli twinward-gateway; do ln -sf ../src/$$p $(BUILD)/bin/$$p; done

run: build
	@if [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  echo "There is no display here, so the window cannot open."; \
	  echo "Run 'make screenshots' and look at $(BUILD)/screenshots, or start a desktop session."; \
	  exit 1; \
	fi
	@$(BUILD)/bin/twinward --demo

check: build
	@meson test -C $(BUILD) --print-errorlogs --no-suite peers --no-suite soak

# One HAPI FHIR server is started around the tests and ended after them; what cannot be had is skipped by name.
# Hours: 10,000 more seeds of the fault proxy, and what else takes long. A seed that fails says how to run it again.
soak: build
	@meson test -C $(BUILD) --print-errorlogs --logbase testlog-soak --suite soak

check-peers: build
	@./deps.sh $(PEER_PACKAGES) || echo "Tests of the peers that could not be installed are skipped by name."
	@python3 tests/peers/hapi_peer.py $(BUILD) -- \
	  meson test -C $(BUILD) --print-errorlogs --logbase testlog-peers --suite peers

screenshots: build
	@meson compile -C $(BUILD) screenshots
	@echo "The pictures are in $(BUILD)/screenshots."

bench: build
	@meson test -C $(BUILD) --benchmark --verbose --num-processes 1

# The twin beside its peers on the recordings of ../shared: one table. Fetches the peers; up to 25 minutes.
accuracy: build
	@python3 bench/accuracy/run.py $(BUILD)

clean:
	rm -rf $(BUILD)

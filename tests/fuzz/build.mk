# SPDX-License-Identifier: Apache-2.0
# Fuzzing. `make fuzz-test` gives each fuzzed program a fixed number of inputs, the same each time; ./test does that.
# `make fuzz FUZZ_SECONDS=600` lets libFuzzer look for better ones, with Debian's clang. `make fuzz-guest SECONDS=1800` lets a guest try
# all of the hypervisor's registers, pages and calls (docs/fuzzing.md). Included by tests/build.mk.

FUZZ := $(BUILD)/tests/fuzz
FUZZ_INPUTS  ?= 40000
FUZZ_SECONDS ?= 60
FUZZ_FLAGS   := -Itests/fuzz -Ilib -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_SOURCES := tests/fuzz/ring_fuzz.c $(RING_SOURCE)
FUZZ_HEADERS := $(wildcard tests/fuzz/*.h) lib/ring.h tests/unit/ring/moments.h

.PHONY: fuzz fuzz-test fuzz-guest
LINT_SOURCES += $(wildcard tests/fuzz/*.c)

$(FUZZ)/%.o: %.c $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) $(FUZZ_FLAGS) -fsanitize=address,undefined -include tests/unit/ring/moments.h -c $< -o $@

$(FUZZ)/ring: $(FUZZ_SOURCES:%.c=$(FUZZ)/%.o) $(FUZZ)/tests/fuzz/run_inputs.o
	$(say)
	$(HOST_CC) -fsanitize=address,undefined $^ -o $@

$(FUZZ)/ring-libfuzzer: $(FUZZ_SOURCES) $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	$(say)
	clang -std=c17 -O1 -g $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -include tests/unit/ring/moments.h $(FUZZ_SOURCES) -o $@

fuzz-test: $(FUZZ)/ring
	$< $(FUZZ_INPUTS)

fuzz: $(FUZZ)/ring-libfuzzer
	@mkdir -p $(FUZZ)/corpus
	$< -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus

# SECONDS for each mode: `make fuzz-guest SECONDS=1800`, or MODE=hard, checked, virtual, shared. A finding names what repeats it.
SECONDS ?= 600
MODE    ?= all
FUZZ_GUEST_OPTIONS := --mode $(MODE) --seconds $(SECONDS) $(if $(FIRST),--first $(FIRST)) $(if $(SEED),--seed $(SEED)) \
                      $(if $(CPU),--cpu $(CPU)) $(if $(COUNTED),--counted $(COUNTED)) $(if $(ALONE),--alone $(ALONE)) \
                      $(foreach name,dense thin nap lives steps,$(if $($(name)),--$(name) $($(name))))

fuzz-guest: $(BUILD)/nagaya $(BUILD)/hypervisor/arm64-gicv3.elf $(BOARD_FILES) $(BUILD)/guests/fuzzer.elf \
            $(BUILD)/guests/fuzzer-victim.elf $(BUILD)/guests/off.elf
	/usr/bin/python3 -m tests.fuzz.fuzz_guest $(FUZZ_GUEST_OPTIONS)

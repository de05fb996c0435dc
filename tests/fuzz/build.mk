# SPDX-License-Identifier: Apache-2.0
# Fuzzing. `make fuzz-test` gives each fuzzed program a fixed number of inputs, the same each time; ./test does that.
# `make fuzz FUZZ_SECONDS=600` lets libFuzzer look for better ones, with Debian's clang. Included by tests/build.mk.

FUZZ := $(BUILD)/tests/fuzz
FUZZ_INPUTS  ?= 40000
FUZZ_SECONDS ?= 60
FUZZ_FLAGS   := -Itests/fuzz -Iguests/channel -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_SOURCES := tests/fuzz/ring_fuzz.c $(RING_SOURCE)
FUZZ_HEADERS := $(wildcard tests/fuzz/*.h guests/channel/*.h) tests/unit/ring/moments.h

.PHONY: fuzz fuzz-test
LINT_SOURCES += $(wildcard tests/fuzz/*.c)

$(FUZZ)/%.o: %.c $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) $(FUZZ_FLAGS) -fsanitize=address,undefined -include tests/unit/ring/moments.h -c $< -o $@

$(FUZZ)/ring: $(FUZZ_SOURCES:%.c=$(FUZZ)/%.o) $(FUZZ)/tests/fuzz/run_inputs.o
	$(HOST_CC) -fsanitize=address,undefined $^ -o $@

$(FUZZ)/ring-libfuzzer: $(FUZZ_SOURCES) $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	clang -std=c17 -O1 -g $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -include tests/unit/ring/moments.h $(FUZZ_SOURCES) -o $@

fuzz-test: $(FUZZ)/ring
	$< $(FUZZ_INPUTS)

fuzz: $(FUZZ)/ring-libfuzzer
	@mkdir -p $(FUZZ)/corpus
	$< -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus

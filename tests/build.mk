# SPDX-License-Identifier: Apache-2.0
# Unit tests, on the host, with sanitizers. A folder tests/unit/NAME/ or a file tests/unit/NAME_test.c is one cmocka
# program; it may use everything in composer/ and lib/ but the programs' main.c, the scheduling policies, and speculation_choose.c. It is started in the
# repository's root.

UNIT := $(BUILD)/tests/unit
UNIT_CFLAGS := $(HOST_CFLAGS) -O1 -Ilib $(addprefix -Icomposer/,$(COMPOSER_ROOMS)) -Itests/unit -fsanitize=address,undefined -fno-sanitize-recover=all \
               -fno-omit-frame-pointer -DUNIT_DATA='"$(UNIT)/data"' -DUNIT_SOURCES='"tests/unit"'

UNIT_FOLDERS := $(patsubst tests/unit/%/,%,$(sort $(dir $(wildcard tests/unit/*/*.c))))
UNIT_FILES   := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*_test.c))
UNIT_PROGRAMS := $(addprefix $(UNIT)/,$(UNIT_FOLDERS) $(UNIT_FILES))

UNIT_LIBRARY := $(UNIT)/libcomposer.a
UNIT_LIBRARY_OBJECTS := $(patsubst %.c,$(UNIT)/objects/%.o,$(filter-out $(COMPOSER_MAINS),$(COMPOSER_SOURCES)) \
                                 $(wildcard hypervisor/sched/*.c) hypervisor/arch/arm64/speculation_choose.c)

TESTS += unit-test
LINT_SOURCES += $(wildcard tests/unit/*/*.c tests/unit/*.c)

$(UNIT)/objects/%.o: %.c
	@mkdir -p $(@D)
	$(say)
	$(HOST_CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

# A part of the engine that knows nothing of the machine.
$(UNIT)/objects/hypervisor/arch/arm64/speculation_choose.o $(UNIT)/objects/tests/unit/speculation_test.o: \
    UNIT_CFLAGS += -Ihypervisor/arch/arm -Ihypervisor/arch/arm64

$(UNIT_LIBRARY): $(UNIT_LIBRARY_OBJECTS)
	$(say)
	rm -f $@
	ar rcsD $@ $^

# The objects of a test program: those of its folder, or of its file.
unit_objects = $(patsubst %.c,$(UNIT)/objects/%.o,$(wildcard tests/unit/$(1)/*.c tests/unit/$(1).c))

define unit_program
$(UNIT)/$(1): $(call unit_objects,$(1)) $(UNIT_LIBRARY)
	$$(say)
	$$(HOST_CC) $$(UNIT_CFLAGS) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^) $$(COMPOSER_LIBS) -lcmocka
-include $(patsubst %.o,%.d,$(call unit_objects,$(1)))
endef
$(foreach name,$(UNIT_FOLDERS) $(UNIT_FILES),$(eval $(call unit_program,$(name))))
-include $(UNIT_LIBRARY_OBJECTS:.o=.d)

# Boards that exist only for tests, and images that only have to be there.
UNIT_BOARDS := $(patsubst tests/unit/boards/%/board.dts,%,$(wildcard tests/unit/boards/*/board.dts))
UNIT_DATA := $(foreach board,$(UNIT_BOARDS),$(UNIT)/data/boards/$(board)/board.yaml $(UNIT)/data/boards/$(board)/board.dtb) \
             $(UNIT)/data/images/program $(UNIT)/data/images/kernel $(UNIT)/data/images/initrd

$(UNIT)/data/boards/%/board.yaml: tests/unit/boards/%/board.yaml
	@mkdir -p $(@D)
	cp $< $@

$(UNIT)/data/boards/%/board.dtb: tests/unit/boards/%/board.dts
	@mkdir -p $(@D)
	dtc -@ -q -I dts -O dtb -o $@ $<

$(UNIT)/data/images/%:
	@mkdir -p $(@D)
	touch $@

# The composer frees nothing before it ends, so leaks are not looked for. All programs run, whichever fail.
unit-test: $(UNIT_PROGRAMS) $(UNIT_DATA)
	@failed=; for program in $(UNIT_PROGRAMS); do \
	    echo "$$program"; \
	    ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 $$program || failed="$$failed $$program"; \
	done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed"; exit 1; fi

# Models that spin searches (Debian: spin), and proofs by CBMC (tests/proofs/cbmc/fetch).
.PHONY: proofs
proofs:
	/usr/bin/python3 -m pytest -q -n 2 -p no:cacheprovider tests/proofs

# Guests of the system tests; fuzzing; flipped bits.
include tests/system/build.mk
include tests/fuzz/build.mk
include tests/flips/build.mk
include tests/fake/build.mk

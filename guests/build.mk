# SPDX-License-Identifier: Apache-2.0
# Bare-metal guests for arm64 on guests/kit. A guest is a folder guests/NAME with C files, or a single file
# guests/checks/NAME.c; its product is build/guests/NAME.elf, a position-independent ELF. A new folder needs nothing else.

# For people, for tests, and whatever else is there: a user's own.
GUEST_SHOWN    := hello control-loop periodic
GUEST_TESTS    := attacker fuzzer fuzzer-victim vgic leak
GUEST_NONE     := kit channel checks
GUEST_FOLDERS  := $(sort $(patsubst guests/%/,%,$(dir $(wildcard guests/*/*.c))))
GUEST_OF_USER  := $(filter-out $(GUEST_NONE) $(GUEST_SHOWN) $(GUEST_TESTS),$(GUEST_FOLDERS))
GUEST_PROGRAMS := $(GUEST_SHOWN) $(GUEST_TESTS) $(GUEST_OF_USER)
GUEST_CHECKS   := $(patsubst guests/checks/%.c,%,$(wildcard guests/checks/*.c))
GUEST_ELFS     := $(patsubst %,$(BUILD)/guests/%.elf,$(GUEST_PROGRAMS) $(GUEST_CHECKS))
GUEST_INSTALLED := $(patsubst %,$(BUILD)/guests/%.elf,$(GUEST_SHOWN) $(GUEST_OF_USER))
GUEST_OBJ      := $(BUILD)/guests/obj

RING_SOURCE := lib/ring.c
KIT_SOURCES := $(wildcard guests/kit/*.c guests/kit/arm64/*.c guests/kit/arm64/*.S)
KIT_OBJECTS := $(patsubst guests/%,$(GUEST_OBJ)/%.o,$(KIT_SOURCES)) $(GUEST_OBJ)/$(RING_SOURCE).o
KIT_ARCHIVE := $(BUILD)/guests/kit.a

# The C library is picolibc. The kit runs in part with the MMU off, where unaligned accesses fault and loops must stay
# loops (memset uses DC ZVA); the guests on it have no such limits, but the same flags. Large frames touch each of their pages, so
# that none gets past a stack's guard.
PICOLIBC         ?= /usr/lib/picolibc/aarch64-linux-gnu
# Plain QEMU keeps the first MB of RAM for the device tree.
GUEST_LINK_BASE  := 0x40200000
GUEST_COMPILE    := -std=gnu17 -O2 -g -fpie -march=armv8-a -mno-outline-atomics -mstrict-align -ftls-model=local-exec \
                    -fno-common -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
                    -ffunction-sections -fdata-sections -fvisibility=hidden -fno-math-errno \
                    -fstack-clash-protection --param=stack-clash-protection-guard-size=12
GUEST_WARNINGS   := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Werror
GUEST_CFLAGS      = $(GUEST_COMPILE) -isystem $(PICOLIBC)/include -Iabi -Iguests/kit/include -Ilib \
                    $(GUEST_WARNINGS) $(NO_PATHS) -DKIT_LINK_BASE=$(GUEST_LINK_BASE)
# What nagaya-cc adds when it links; GUEST_LINK is what a guest has besides.
GUEST_LINKING    := -nostdlib -nostartfiles -static-pie -Wl,--no-dynamic-linker -Wl,-z,text -Wl,-z,norelro \
                    -Wl,--defsym=link_base=$(GUEST_LINK_BASE) -Wl,--gc-sections -Wl,--build-id=none \
                    -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -Wl,--fatal-warnings
GUEST_LINK       :=

ALL += $(GUEST_ELFS)
LINT_SHELL += guests/kit/nagaya-cc
LINT_SOURCES += $(wildcard guests/*/*.c guests/*/*.h guests/kit/arm64/*.c guests/kit/arm64/*.h guests/kit/include/kit/*.h)

$(GUEST_OBJ)/%.o: guests/% guests/build.mk
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

# The message rings are for any C11 compiler and any system, so they may need nothing from outside.
RING_OBJECT := $(GUEST_OBJ)/$(RING_SOURCE).o
$(RING_OBJECT): $(RING_SOURCE) guests/build.mk
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(GUEST_CFLAGS) -std=c11 -Wpedantic -ffreestanding -MMD -MP -c $< -o $@
	@if $(CROSS)nm -u $@ | grep .; then echo "$<: needs these from outside"; rm -f $@; exit 1; fi

# The kit as nagaya-cc finds it, in the build tree and once installed.
KIT         := $(BUILD)/guests/kit
KIT_HEADERS := $(patsubst guests/kit/include/%,$(KIT)/include/%,$(wildcard guests/kit/include/kit/*.h)) \
               $(patsubst %,$(KIT)/include/%.h,ring guest info manager observe plan)
KIT_FILES   := $(addprefix $(KIT)/,compile link kit.ld)

$(KIT)/include/%.h: guests/kit/include/%.h
	@mkdir -p $(@D)
	cp $< $@

$(KIT)/include/%.h: lib/%.h
	@mkdir -p $(@D)
	cp $< $@

$(KIT)/include/%.h: abi/%.h
	@mkdir -p $(@D)
	cp $< $@

$(KIT)/%.ld: guests/kit/%.ld
	@mkdir -p $(@D)
	cp $< $@

$(KIT)/compile: guests/build.mk
	@mkdir -p $(@D)
	echo '$(GUEST_COMPILE)' >$@

$(KIT)/link: guests/build.mk
	@mkdir -p $(@D)
	echo '$(GUEST_LINKING)' >$@

$(BUILD)/nagaya-cc: guests/kit/nagaya-cc
	cp $< $@

$(KIT_ARCHIVE): $(KIT_OBJECTS) $(KIT_FILES) $(KIT_HEADERS) $(BUILD)/nagaya-cc
	$(say)
	@rm -f $@
	$(CROSS)ar rcsD $@ $(KIT_OBJECTS)

# $(call guest_link,TARGET,OBJECTS)
guest_link = CROSS=$(CROSS) PICOLIBC=$(PICOLIBC) $(BUILD)/nagaya-cc $(GUEST_LINK) $(2) -o $(1)

# What a guest has of another one besides its own files.
GUEST_PARTS_fuzzer-victim := guests/leak/registers.c guests/leak/round.S

guest_objects = $(patsubst guests/%,$(GUEST_OBJ)/%.o,$(wildcard guests/$(1)/*.c guests/$(1)/*.S) $(GUEST_PARTS_$(1)))

define guest_program
$(BUILD)/guests/$(1).elf: $(call guest_objects,$(1)) $(KIT_ARCHIVE) guests/build.mk
	$$(say)
	$$(call guest_link,$$@,$(call guest_objects,$(1)))
-include $(patsubst %.o,%.d,$(call guest_objects,$(1)))
endef
$(foreach name,$(GUEST_PROGRAMS),$(eval $(call guest_program,$(name))))

# What is odd in a user's code is told, and no more.
$(foreach name,$(GUEST_OF_USER),$(eval $(call guest_objects,$(name)): GUEST_WARNINGS := -Wall -Wextra))
-include $(GUEST_OF_USER:%=guests/%/build.mk)

define guest_check
$(BUILD)/guests/$(1).elf: $(GUEST_OBJ)/checks/$(1).c.o $(KIT_ARCHIVE) guests/build.mk
	$$(say)
	$$(call guest_link,$$@,$(GUEST_OBJ)/checks/$(1).c.o)
-include $(GUEST_OBJ)/checks/$(1).c.d
endef
$(foreach name,$(GUEST_CHECKS),$(eval $(call guest_check,$(name))))

-include $(KIT_OBJECTS:.o=.d)

# The parts that need no machine run on the host too: tests/unit/guests/ (its rule is in tests/build.mk).
GUEST_PURE := guests/control-loop/pid guests/control-loop/pendulum guests/control-loop/histogram guests/kit/fdt \
              guests/kit/fdt_device
$(GUEST_PURE:%=$(BUILD)/tests/unit/objects/%.o): UNIT_CFLAGS += -Iguests/kit/include
$(BUILD)/tests/unit/guests: $(GUEST_PURE:%=$(BUILD)/tests/unit/objects/%.o)
$(BUILD)/tests/unit/guests: | $(BUILD)/boards/qemu-virt/board.dtb
$(BUILD)/tests/unit/guests: COMPOSER_LIBS += -lm

# The message rings' tests see each access to shared memory (tests/unit/ring/moments.h).
RING_TEST_OBJECT := $(BUILD)/tests/unit/objects/lib/ring.o
$(RING_TEST_OBJECT): UNIT_CFLAGS += -include tests/unit/ring/moments.h
$(BUILD)/tests/unit/ring: $(RING_TEST_OBJECT)
$(BUILD)/tests/unit/objects/tests/unit/ring/%.o: UNIT_CFLAGS += -Ilib
-include $(RING_TEST_OBJECT:.o=.d)

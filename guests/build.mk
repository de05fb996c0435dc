# SPDX-License-Identifier: Apache-2.0
# Bare-metal guests for arm64 on guests/kit. A guest is a folder guests/NAME with main.c and perhaps more C files, or a
# single file guests/checks/NAME.c; its product is build/guests/NAME.elf, a position-independent ELF.

GUEST_PROGRAMS := hello control-loop attacker fuzzer fuzzer-victim periodic vgic leak
GUEST_CHECKS   := $(patsubst guests/checks/%.c,%,$(wildcard guests/checks/*.c))
GUEST_ELFS     := $(patsubst %,$(BUILD)/guests/%.elf,$(GUEST_PROGRAMS) $(GUEST_CHECKS))
GUEST_OBJ      := $(BUILD)/guests/obj

RING_SOURCE := guests/channel/ring.c
KIT_SOURCES := $(wildcard guests/kit/*.c guests/kit/arm64/*.c guests/kit/arm64/*.S) $(RING_SOURCE)
KIT_OBJECTS := $(patsubst guests/%,$(GUEST_OBJ)/%.o,$(KIT_SOURCES))
KIT_ARCHIVE := $(BUILD)/guests/kit.a

# The C library is picolibc. The kit runs in part with the MMU off, where unaligned accesses fault and loops must stay
# loops (memset uses DC ZVA); the guests on it have no such limits, but the same flags. Large frames touch each of their pages, so
# that none gets past a stack's guard.
PICOLIBC         ?= /usr/lib/picolibc/aarch64-linux-gnu
# Plain QEMU keeps the first MB of RAM for the device tree.
GUEST_LINK_BASE  := 0x40200000
GUEST_CFLAGS     := -std=gnu17 -O2 -g -fpie -march=armv8-a -mno-outline-atomics -mstrict-align -ftls-model=local-exec \
                    -fno-common -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
                    -ffunction-sections -fdata-sections -fvisibility=hidden -fno-math-errno \
                    -fstack-clash-protection --param=stack-clash-protection-guard-size=12 \
                    -isystem $(PICOLIBC)/include -Iabi -Iguests/kit/include -Iguests/channel \
                    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Werror \
                    $(NO_PATHS) -DKIT_LINK_BASE=$(GUEST_LINK_BASE)
GUEST_LINK       := $(CROSS)gcc -nostdlib -nostartfiles -static-pie -Wl,--no-dynamic-linker -Wl,-z,text -Wl,-z,norelro \
                    -Wl,-T,guests/kit/kit.ld -Wl,--defsym=link_base=$(GUEST_LINK_BASE) -Wl,--gc-sections \
                    -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -Wl,--fatal-warnings
GUEST_LIBRARIES  := -L$(PICOLIBC)/lib -Wl,--start-group -lm -lc -lgcc -Wl,--end-group

ALL += $(GUEST_ELFS)
LINT_SOURCES += $(wildcard guests/*/*.c guests/*/*.h guests/kit/arm64/*.c guests/kit/arm64/*.h guests/kit/include/kit/*.h)

$(GUEST_OBJ)/%.o: guests/% guests/build.mk
	@mkdir -p $(@D)
	$(CROSS)gcc $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

# The message rings are for any C11 compiler and any system, so they may need nothing from outside.
RING_OBJECT := $(RING_SOURCE:guests/%=$(GUEST_OBJ)/%.o)
$(RING_OBJECT): $(RING_SOURCE) guests/build.mk
	@mkdir -p $(@D)
	$(CROSS)gcc $(GUEST_CFLAGS) -std=c11 -Wpedantic -ffreestanding -MMD -MP -c $< -o $@
	@if $(CROSS)nm -u $@ | grep .; then echo "$<: needs these from outside"; rm -f $@; exit 1; fi

$(KIT_ARCHIVE): $(KIT_OBJECTS)
	@rm -f $@
	$(CROSS)ar rcsD $@ $^

# $(call guest_link,TARGET,OBJECTS): the start-up code moves the program by relocations of one kind only. The linker calls
# a position-independent program ET_EXEC if it is linked at another address than 0; byte 16 says what it is: ET_DYN.
define guest_link
$(GUEST_LINK) $(2) -Wl,--whole-archive $(KIT_ARCHIVE) -Wl,--no-whole-archive $(GUEST_LIBRARIES) -o $(1)
@if $(CROSS)readelf -rW $(1) | grep -q 'R_AARCH64_' && \
    $(CROSS)readelf -rW $(1) | grep 'R_AARCH64_' | grep -qv 'R_AARCH64_RELATIVE'; then \
    echo "$(1): relocations that the kit's start-up code does not know"; rm -f $(1); exit 1; fi
@printf '\003' | dd of=$(1) bs=1 seek=16 conv=notrunc status=none
endef

# What a guest has of another one besides its own files.
GUEST_PARTS_fuzzer-victim := guests/leak/registers.c guests/leak/round.S

guest_objects = $(patsubst guests/%,$(GUEST_OBJ)/%.o,$(wildcard guests/$(1)/*.c guests/$(1)/*.S) $(GUEST_PARTS_$(1)))

define guest_program
$(BUILD)/guests/$(1).elf: $(call guest_objects,$(1)) $(KIT_ARCHIVE) guests/kit/kit.ld guests/build.mk
	$$(call guest_link,$$@,$(call guest_objects,$(1)))
-include $(patsubst %.o,%.d,$(call guest_objects,$(1)))
endef
$(foreach name,$(GUEST_PROGRAMS),$(eval $(call guest_program,$(name))))

define guest_check
$(BUILD)/guests/$(1).elf: $(GUEST_OBJ)/checks/$(1).c.o $(KIT_ARCHIVE) guests/kit/kit.ld guests/build.mk
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
RING_TEST_OBJECT := $(BUILD)/tests/unit/objects/guests/channel/ring.o
$(RING_TEST_OBJECT): UNIT_CFLAGS += -include tests/unit/ring/moments.h
$(BUILD)/tests/unit/ring: $(RING_TEST_OBJECT)
$(BUILD)/tests/unit/objects/tests/unit/ring/%.o: UNIT_CFLAGS += -Iguests/channel
-include $(RING_TEST_OBJECT:.o=.d)

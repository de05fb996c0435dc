# SPDX-License-Identifier: Apache-2.0
# The engine on a machine that does not exist (machine.h): its sources, compiled for the host, with headers of the same
# names in front of those that know a real one (port/). docs/proofs.md.

FAKE := $(BUILD)/tests/fake
FAKE_ENGINE := $(HYP_COMMON) $(wildcard hypervisor/arch/arm/*.c hypervisor/arch/arm/gic/*.c hypervisor/arch/arm/gic/v3/*.c) \
               hypervisor/release/console.c \
               $(addprefix hypervisor/arch/arm64/,aarch32.c clock.c doorbell_exit.c exits.c inject.c stage2_fault.c sysreg_exit.c traps.c vcpu.c)
FAKE_MACHINE := $(wildcard tests/fake/*.c)
# The host has a sched_yield, too. Those in front of headers that lie beside a source which includes them come first of all.
FAKE_CFLAGS = $(HOST_CFLAGS) -O1 $(addprefix -iquote ,tests/fake/port tests/fake hypervisor $(HYP_ROOMS)) -fno-omit-frame-pointer \
              -fno-strict-aliasing -Wno-override-init -include core_local.h -include sysreg.h -Dsched_yield=engine_sched_yield
FAKE_address := -fsanitize=address,undefined -fno-sanitize=object-size -fno-sanitize-recover=all
FAKE_thread  := -fsanitize=thread --param tsan-distinguish-volatile=1

FAKE_WRAPPED := gic_access gic_send_sgi # wrapped.h
comma := ,

LINT_SOURCES += $(FAKE_MACHINE)

# fake_program SANITIZER: the machine itself is not looked at for data races (machine.h).
define fake_program
$(FAKE)/$(1)/hypervisor/%.o: hypervisor/%.c tests/fake/build.mk
	@mkdir -p $$(@D)
	$$(say)
	$$(HOST_CC) $$(FAKE_CFLAGS) -Itests/fake/port $$(FAKE_$(1)) -MMD -MP -c -o $$@ $$<

$(FAKE)/$(1)/tests/%.o: tests/%.c tests/fake/build.mk
	@mkdir -p $$(@D)
	$$(say)
	$$(HOST_CC) $$(FAKE_CFLAGS) $$(filter-out $$(FAKE_thread),$$(FAKE_$(1))) -MMD -MP -c -o $$@ $$<

$(FAKE)/$(1)/fake: $(patsubst %.c,$(FAKE)/$(1)/%.o,$(FAKE_ENGINE) $(FAKE_MACHINE))
	$$(say)
	$$(HOST_CC) $$(FAKE_$(1)) $$(addprefix -Wl$$(comma)--wrap=,$$(FAKE_WRAPPED)) -o $$@ $$^ -lpthread
-include $(patsubst %.c,$(FAKE)/$(1)/%.d,$(FAKE_ENGINE) $(FAKE_MACHINE))
endef
$(foreach sanitizer,address thread,$(eval $(call fake_program,$(sanitizer))))

# FAKE_SANITIZER: what compiles a file of the engine, and what links all; for test_fake.py.
FAKE_SANITIZER ?= address
.PHONY: fake-commands
fake-commands: $(FAKE)/$(FAKE_SANITIZER)/fake
	@echo "$(HOST_CC) $(FAKE_CFLAGS) -Itests/fake/port $(FAKE_$(FAKE_SANITIZER))"
	@echo "$(HOST_CC) $(FAKE_$(FAKE_SANITIZER)) $(addprefix -Wl$(comma)--wrap=,$(FAKE_WRAPPED)) $(patsubst %.c,$(FAKE)/$(FAKE_SANITIZER)/%.o,$(FAKE_ENGINE) $(FAKE_MACHINE)) -lpthread"

# fake_runs SANITIZER,STEPS,OPTIONS: eight systems, two with each scheduling policy, STEPS of guests in all; in one of
# them a CPU may stop, and with it the machine, before that.
FAKE_SEEDS := 1 2 3 4 5 6 7 8
fake_runs = for seed in $(FAKE_SEEDS); do \
                $(FAKE)/$(1)/fake --seed $$seed --steps $$(($(2) / 8)) --faults $$((seed == 3)) $(3) || exit 1; \
            done

# What ./test runs, and the engine with one thing broken each, which must be found.
.PHONY: fake-test fake
TESTS += fake-test
fake-test: $(FAKE)/address/fake $(FAKE)/thread/fake
	$(call fake_runs,address,300000,--turns)
	$(call fake_runs,address,300000,)
	TSAN_OPTIONS=suppressions=tests/fake/races; export TSAN_OPTIONS; $(call fake_runs,thread,300000,)
	/usr/bin/python3 -m pytest -q -n 2 -p no:cacheprovider tests/fake

# make fake STEPS=10000000
STEPS ?= 1000000
fake: $(FAKE)/address/fake $(FAKE)/thread/fake
	$(call fake_runs,address,$(STEPS),--turns)
	TSAN_OPTIONS=suppressions=tests/fake/races; export TSAN_OPTIONS; $(call fake_runs,thread,$(STEPS),)

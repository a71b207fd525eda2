# For those who build daily; ./run and ./test need nothing but a shell.
all: build/build.ninja
	ninja -C build
build/build.ninja:
	meson setup build
run:
	./run
demo:
	./run demo
test:
	./test
bench:
	tools/bench
clean:
	rm -rf build build-san build-fuzz
.PHONY: all run demo test bench clean

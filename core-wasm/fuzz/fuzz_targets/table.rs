#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| nodus_core_fuzz::table(data));

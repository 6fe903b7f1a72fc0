exports.value = 42;
exports.named = "n";

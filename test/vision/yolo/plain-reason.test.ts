import { expect, test } from 'vitest';
import { plainReason } from '../../../src/vision/yolo/plain-reason.ts';

// As onnxruntime-node 1.30 said them.
test.for([
  [
    'Load model from m.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const onnxruntime::IOnnxRuntimeOpSchemaRegistryList*, const onnxruntime::logging::Logger&, const onnxruntime::ModelOptions&) Unsupported model IR version: 99, max supported IR version: 13\n',
    'Unsupported model IR version: 99, max supported IR version: 13',
  ],
  [
    'External data path validation failed for initializer: head. Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist: "/a/b.data"',
    'External data path validation failed for initializer: head. Error: External data path does not exist: "/a/b.data"',
  ],
  [
    "Non-zero status code returned while running Pad node. Name:'node_output0' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 10800858624\n",
    'Failed to allocate memory for requested buffer of size 10800858624',
  ],
  [
    "Non-zero status code returned while running Pad node. Name:'x' Status Message: /onnxruntime_src/onnxruntime/core/framework/op_kernel.cc:83 virtual OrtValue* onnxruntime::OpKernelContext::OutputMLValue(int, const onnxruntime::TensorShape&) [ONNXRuntimeError] : 1 : FAIL : tensor.cc:57 CalculateTensorStorageSize Tensor shape.Size() must be >= 0",
    'Tensor shape.Size() must be >= 0',
  ],
  ['Load model from m.onnx failed:Protobuf parsing failed.', 'Protobuf parsing failed'],
  [
    "Invalid model. Node input 'he\u001b[31mad\uFFFD' is not there",
    "Invalid model. Node input 'he?[31mad?' is not there",
  ],
  ['', 'no reason given'],
] as const)('%s', ([text, expected]) => {
  expect(plainReason(new Error(text))).toBe(expected);
});

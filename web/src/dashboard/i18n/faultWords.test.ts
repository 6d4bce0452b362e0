import { expect, it } from 'vitest';
import { tellFault, tellFaultPlace } from './faultWords';

const fault = (name: string, code: string | null = null, cabinet: string | null = null) => ({ name, code, cabinet });

it.each([
  ['A21: jammed', 'A21：卡货'],
  ['B3: motor fault', 'B3：电机故障'],
  ['A24: controller does not answer', 'A24：控制器无响应'],
  ['jammed', '卡货'],
  ['主柜压缩机故障', '主柜压缩机故障'],
  ['The coin box is jammed', 'The coin box is jammed'],
])('tells %j in Chinese as %j', (name, told) => {
  expect(tellFault('zh', fault(name))).toBe(told);
  expect(tellFault('en', fault(name))).toBe(name);
});

it('says what a code is, and leaves out the one that its words say already', () => {
  expect(tellFaultPlace('en', fault('A21: jammed', '2', 'A'))).toBe('Cabinet A');
  expect(tellFaultPlace('en', fault('主柜压缩机故障', '0x31', '1'))).toBe('Cabinet 1, Vendor’s code 0x31');
  expect(tellFaultPlace('zh', fault('主柜压缩机故障', '0x31'))).toBe('供应商代码 0x31');
  expect(tellFaultPlace('en', fault('x'))).toBe('');
});
